import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fileFacts } from './file-facts.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pare-facts-'));
});
afterAll(() => rm(folder, { recursive: true }));

it.each([
  // FIPS 180-2, appendix B: one block, and a million times "a" (more than one chunk of a stream).
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ['a'.repeat(1e6), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
])('has size and SHA-256 of a file', async (text, sha256) => {
  const path = join(folder, 'file');
  await writeFile(path, text);
  expect(await fileFacts(path)).toEqual({ path, bytes: text.length, sha256 });
});

it('says which file cannot be read', async () => {
  const path = join(folder, 'missing');
  await expect(fileFacts(path)).rejects.toMatchObject({ code: 'file-unreadable', where: path });
});
