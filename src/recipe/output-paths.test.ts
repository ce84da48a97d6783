import { link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { outputPaths } from './output-paths.ts';

const folder = await mkdtemp(join(tmpdir(), 'pare-output-'));
const at = (name: string) => join(folder, name);
const input = at('in.onnx');

beforeAll(async () => {
  await mkdir(at('run'));
  await mkdir(at('folder.onnx'));
  for (const name of ['in.onnx', 'old.onnx', 'notes']) await writeFile(at(name), '');
  await symlink(input, at('symbolic.onnx'));
  await link(input, at('run/model.onnx'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a name that ends in .onnx is the model, any other a folder that need not be there', async () => {
  expect(await outputPaths(input, at('new.onnx'))).toEqual({ model: at('new.onnx'), folder: undefined });
  expect(await outputPaths(input, at('old.onnx'))).toEqual({ model: at('old.onnx'), folder: undefined });
  expect(await outputPaths(input, at('fresh'))).toEqual({
    model: at('fresh/model.onnx'),
    folder: at('fresh'),
  });
});

test.each([
  ['the input', input, 'output-is-input'],
  [
    'the input by another path',
    relative(process.cwd(), join(folder, 'run', '..', 'in.onnx')),
    'output-is-input',
  ],
  ['a symbolic link to the input', at('symbolic.onnx'), 'output-is-input'],
  ['a folder whose model is a hard link to the input', at('run'), 'output-is-input'],
  ['a folder with a model name', at('folder.onnx'), 'output-is-folder'],
  ['a file with another name', at('notes'), 'output-is-file'],
  ['a file in a folder that is not there', at('none/new.onnx'), 'folder-missing'],
  ['a file in a file', at('old.onnx/new.onnx'), 'folder-missing'],
  ['a folder in a folder that is not there', at('none/run'), 'folder-missing'],
])('%s is refused before any work', async (_, output, code) => {
  await expect(outputPaths(input, output)).rejects.toMatchObject({ code, isUsage: true });
});
