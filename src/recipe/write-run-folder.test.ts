import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { cannotWrite } from '../onnx/errors.ts';
import { writeRunFolder } from './write-run-folder.ts';

const root = await mkdtemp(join(tmpdir(), 'pare-run-'));
afterAll(() => rm(root, { recursive: true }));

test('files appear in their places, beside those that were there, and nothing else', async () => {
  const folder = join(root, 'a');
  await mkdir(folder);
  await writeFile(join(folder, 'one'), 'old');
  await writeFile(join(folder, 'notes'), 'mine');
  const result = await writeRunFolder(folder, async (stage) => {
    await writeFile(join(stage, 'one'), 'new');
    await writeFile(join(stage, 'two'), '2');
    return 7;
  });
  expect(result).toBe(7);
  expect((await readdir(folder)).sort()).toEqual(['notes', 'one', 'two']);
  expect(await readFile(join(folder, 'one'), 'utf8')).toBe('new');
});

test('a failure leaves the old files, and is told by the name of the folder', async () => {
  const folder = join(root, 'b');
  await mkdir(folder);
  await writeFile(join(folder, 'one'), 'old');
  const failing = writeRunFolder(folder, async (stage) => {
    await writeFile(join(stage, 'one'), 'new');
    throw cannotWrite(join(stage, 'two'), new Error('ENOSPC: no space left'));
  });
  await expect(failing).rejects.toMatchObject({
    code: 'cannot-write',
    message: `"${folder}" cannot be written: ENOSPC: no space left.`,
  });
  expect(await readdir(folder)).toEqual(['one']);
  expect(await readFile(join(folder, 'one'), 'utf8')).toBe('old');
});

test('a failure leaves no folder that was not there', async () => {
  const failing = writeRunFolder(join(root, 'c'), async () => {
    throw new Error('no');
  });
  await expect(failing).rejects.toMatchObject({ code: 'cannot-write' });
  expect(await readdir(root)).not.toContain('c');
});
