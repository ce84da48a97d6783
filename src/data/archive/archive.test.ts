import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, crc32 as zlibCrc32 } from 'node:zlib';
import { zipSync } from 'fflate';
import { type Header, pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openFileSet } from '../file-set.ts';
import { crc32 } from './crc32.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pare-archive-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function tar(entries: [Partial<Header> & { name: string }, string][]): Promise<Buffer> {
  const archive = pack();
  for (const [header, content] of entries) archive.entry(header, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer); // a pack gives buffers
  return Buffer.concat(chunks);
}

async function open(name: string, bytes: Uint8Array) {
  await writeFile(join(folder, name), bytes);
  const set = await openFileSet(name, {
    baseDir: folder,
    where: 'd.yaml',
    wanted: (file) => file.endsWith('.txt'),
  });
  const contents: Record<string, string> = {};
  for (const file of set.names) contents[file] = new TextDecoder().decode(await set.read(file, 100_000));
  return contents;
}

const text = (content: string) => new TextEncoder().encode(content);

describe('archives', () => {
  test('files by path, sorted, only those wanted', async () => {
    const long = `${'long/'.repeat(30)}c.txt`;
    const files: [Partial<Header> & { name: string }, string][] = [
      [{ name: './b.txt' }, 'b'],
      [{ name: 'a', type: 'directory' }, ''],
      [{ name: 'a/a.txt' }, 'first'],
      [{ name: 'a/other.bin' }, 'x'.repeat(2000)],
      [{ name: 'link.txt', type: 'symlink', linkname: '/etc/passwd' }, ''],
      [{ name: long }, 'c'],
      [{ name: 'a/a.txt' }, 'second'],
    ];
    const expected = { 'a/a.txt': 'second', 'b.txt': 'b', [long]: 'c' };
    const plain = await tar(files);
    expect(await open('x.tar', plain)).toEqual(expected);
    expect(await open('x.tar.gz', gzipSync(plain))).toEqual(expected);
    const zip = zipSync({
      'b.txt': text('b'),
      a: { 'a.txt': text('second'), 'o.bin': text('x') },
      [long]: [text('c'), { level: 0 }],
    });
    expect(await open('x.zip', zip)).toEqual(expected);
  });

  test.each(['../up.txt', '/etc/passwd.txt', 'a/../../b.txt', 'C:\\x.txt', '..\\x.txt'])(
    'the path %s is refused',
    async (name) => {
      const refusal = { code: 'data-file-malformed', expected: 'paths within the archive' };
      await expect(open('p.zip', zipSync({ [name]: text('x') }))).rejects.toMatchObject(refusal);
      await expect(open('p.tar', await tar([[{ name }, 'x']]))).rejects.toMatchObject(refusal);
    },
  );

  test('damaged, cut off and empty archives are refused', async () => {
    const good = await tar([[{ name: 'a.txt' }, 'x'.repeat(5000)]]);
    await expect(open('cut.tar', good.subarray(0, 2000))).rejects.toMatchObject({
      code: 'data-file-malformed',
    });
    await expect(open('cut.tar.gz', gzipSync(good).subarray(0, 60))).rejects.toMatchObject({
      code: 'data-file-malformed',
    });
    await expect(open('noise.tar', Buffer.alloc(2048, 7))).rejects.toMatchObject({
      code: 'data-file-malformed',
    });
    await expect(open('noise.zip', Buffer.alloc(2048, 7))).rejects.toMatchObject({
      got: 'no end of central directory',
    });
    await expect(open('none.zip', zipSync({ 'a.bin': text('x') }))).rejects.toMatchObject({
      code: 'no-samples',
    });
  });

  test('a bomb is noticed before it is unpacked', async () => {
    const bomb = zipSync({ 'a.txt': new Uint8Array(200_000) });
    await expect(open('bomb.zip', bomb)).rejects.toMatchObject({
      code: 'data-file-too-large',
      got: '200000 bytes',
    });
  });

  test('another checksum is refused', async () => {
    const bytes = Buffer.from(zipSync({ 'a.txt': [text('content'), { level: 0 }] }));
    bytes[bytes.indexOf('content')] ^= 1;
    await expect(open('crc.zip', bytes)).rejects.toMatchObject({ expected: 'an intact file' });
  });
});

test('CRC-32', () => {
  expect(crc32(text('123456789'))).toBe(0xcbf43926);
  expect(crc32(text('pare'))).toBe(zlibCrc32('pare'));
});
