import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFiles } from './find-files.ts';
import { matchesGlob } from './matches-glob.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pare-find-'));
  await mkdir(join(folder, 'set/cat/old'), { recursive: true });
  for (const name of [
    'b.png',
    'a.png',
    'set/1.png',
    'set/cat/2.png',
    'set/cat/old/3.png',
    'set/cat/notes.txt',
  ])
    await writeFile(join(folder, name), '');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each([
  ['a.png', '*.png', true],
  ['a.png', '?.png', true],
  ['ab.png', '?.png', false],
  ['x/a.png', '*.png', false],
  ['x/a.png', '**/*.png', true],
  ['a.png', '**/*.png', true],
  ['x/y/a.png', 'x/**/a.png', true],
  ['x/y/a.png', '*/a.png', false],
  ['aXbXc', 'a*b*c', true],
  ['a*b', 'a**b', true],
  ['a.b', 'a?b?', false],
  ['anything/at/all', '**', true],
  ['a+b', 'a+b', true],
  ['aab', 'a+b', false],
])('%s against %s: %s', (path, pattern, expected) => {
  expect(matchesGlob(path, pattern)).toBe(expected);
});

test('a pattern of many stars takes no long time', () => {
  expect(matchesGlob('a'.repeat(5000), `${'*a'.repeat(1000)}*b`)).toBe(false);
});

test.each([
  ['set', ['1.png', 'cat/2.png', 'cat/notes.txt', 'cat/old/3.png']],
  ['*.png', ['a.png', 'b.png']],
  ['set/*/*.png', ['set/cat/2.png']],
  ['set/**/*.png', ['set/1.png', 'set/cat/2.png', 'set/cat/old/3.png']],
  [
    ['b.png', 'set/*.png', '*.png'],
    ['b.png', 'set/1.png', 'a.png'],
  ],
  ['a.png', ['a.png']],
])('%j', async (files, expected) => {
  expect((await findFiles(files, folder, 'data.yaml')).names).toEqual(expected);
});

test('absolute patterns give absolute names', async () => {
  const { root, names } = await findFiles(join(folder, '*.png'), '/', 'data.yaml');
  expect(names.map((name) => resolve(root, name))).toEqual(
    ['a.png', 'b.png'].map((name) => join(folder, name)),
  );
});

test('whatever names nothing is an error', async () => {
  await expect(findFiles(['a.png', '*.jpg'], folder, 'data.yaml')).rejects.toThrow(
    '"*.jpg" names no existing file.',
  );
});
