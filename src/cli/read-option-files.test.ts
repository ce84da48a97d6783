import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { quantizeOptions } from '../quantize/options.ts';
import { readOptionFiles } from './read-option-files.ts';

const shape = { rules: z.array(z.string()).meta({ isFile: true }), name: z.string() };

async function file(name: string, text: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'pare-options-')), name);
  await writeFile(path, text);
  return path;
}

describe('options that are files', () => {
  test.each([
    ['rules.yaml', '- a\n- b\n'],
    ['rules.json', '["a", "b"]'],
  ])('%s: the content stands in place of the path; other options stay', async (name, text) => {
    const path = await file(name, text);
    expect(await readOptionFiles(shape, { rules: path, name: path })).toEqual({
      rules: ['a', 'b'],
      name: path,
    });
  });

  test('options that are not given stay away', async () => {
    expect(await readOptionFiles(shape, { name: 'x' })).toEqual({ name: 'x' });
  });

  test('a file that is not there is named', async () => {
    await expect(readOptionFiles(shape, { rules: '/nowhere/rules.yaml' })).rejects.toMatchObject({
      message: expect.stringContaining('/nowhere/rules.yaml'),
      isUsage: true,
    });
  });

  test.each(['a: &a [*a]\n', '&a [{ b: *a }]\n'])('data without an end is refused: %j', async (text) => {
    const path = await file('rules.yaml', text);
    await expect(readOptionFiles(shape, { rules: path })).rejects.toMatchObject({
      message: expect.stringContaining('an alias stands inside'),
      isUsage: true,
    });
  });

  test('an alias that is used twice is no cycle', async () => {
    const path = await file('rules.yaml', '- &a [x]\n- *a\n- *a\n');
    expect(await readOptionFiles(shape, { rules: path })).toEqual({ rules: [['x'], ['x'], ['x']] });
  });

  test('all problems of an overrides file are shown', async () => {
    const path = await file(
      'overrides.yaml',
      '- { match: a, weights: int9 }\n- { match: b }\n- { range: [2, 1] }\n',
    );
    const parsed = quantizeOptions.safeParse(
      await readOptionFiles(quantizeOptions.shape, { overrides: path }),
    );
    expect(parsed.error?.issues.map((issue) => issue.path.join('.'))).toEqual([
      'overrides.0.weights',
      'overrides.1',
      'overrides.2.match',
      'overrides.2.range',
    ]);
  });
});
