import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Lock, lockToText, readLock } from './lock.ts';

const folder = await mkdtemp(join(tmpdir(), 'pare-lock-'));
afterAll(() => rm(folder, { recursive: true }));

const lock: Lock = {
  schema: 'pare.lock/1',
  engine: { name: 'onnxruntime-node', version: '1.30.0' },
  input: { path: 'a: b\n"c".onnx', sha256: '9f' },
  data: 'synthetic:strokes?samples=40&seed=1',
  seed: 2 ** 32 - 1,
  steps: [
    {
      step: 'quantize',
      options: { observer: 'mse', exclude: ['type:Conv'], floatLayers: { 'é/1': 'no', yes: '' } },
    },
  ],
};

async function file(text: string): Promise<string> {
  const path = join(folder, 'lock.yaml');
  await writeFile(path, text);
  return path;
}

test('a lock comes back as it was written', async () => {
  expect(await readLock(await file(lockToText(lock)), 'quantize')).toEqual(lock);
});

describe('refused', () => {
  test.each([
    ['no YAML', '{', /is not a lock file that can be replayed here/],
    ['another schema', lockToText(lock).replace('lock/1', 'lock/2'), /schema: .*pare\.lock\/1/],
    ['an unknown key', `${lockToText(lock)}more: 1\n`, /more/],
    ['a seed that is none', lockToText({ ...lock, seed: -1 }), /seed: /],
    ['two steps', lockToText({ ...lock, steps: [lock.steps[0], lock.steps[0]] }), /steps: /],
    [
      'another step',
      lockToText({ ...lock, steps: [{ step: 'prune', options: {} }] }),
      /the step "prune", not of "quantize"/,
    ],
  ])('%s', async (_, text, message) => {
    await expect(readLock(await file(text), 'quantize')).rejects.toMatchObject({
      code: 'bad-lock',
      message: expect.stringMatching(message),
      isUsage: true,
    });
  });

  test('a file that is not there', async () => {
    await expect(readLock(join(folder, 'none.yaml'), 'quantize')).rejects.toMatchObject({
      code: 'file-not-found',
    });
  });
});
