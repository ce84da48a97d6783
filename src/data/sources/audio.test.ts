import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import wavefile from 'wavefile';
import { PareError } from '../../base/pare-error.ts';
import { collect } from '../../testing/collect.ts';
import { decodeWav } from '../audio/decode-wav.ts';
import type { DatasetFile } from '../dataset-file.ts';
import { openDataset } from '../open-dataset.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pare-audio-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A WAVE file, written by hand: 44 bytes of header and the samples. */
function wav(data: ArrayBufferView, { tag = 1, channels = 1, rate = 8000, bits = 16 } = {}): Uint8Array {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + data.byteLength, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(tag, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE((rate * channels * bits) / 8, 28);
  header.writeUInt16LE((channels * bits) / 8, 32);
  header.writeUInt16LE(bits, 34);
  header.write('data', 36);
  header.writeUInt32LE(data.byteLength, 40);
  return Buffer.concat([header, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]);
}

describe('decoding', () => {
  test.each([
    ['16 bits', wav(Int16Array.of(-32768, 16384, 0, 1)), [-1, 0.5, 0, 1 / 32768]],
    ['8 bits', wav(Uint8Array.of(0, 128, 192, 128), { bits: 8 }), [-1, 0, 0.5, 0]],
    ['24 bits', wav(Uint8Array.of(0, 0, 128, 0, 0, 64), { bits: 24 }), [-1, 0.5]],
    ['32 bits', wav(Int32Array.of(-(2 ** 31), 2 ** 30), { bits: 32 }), [-1, 0.5]],
    ['float', wav(Float32Array.of(0.25, -2), { tag: 3, bits: 32 }), [0.25, -2]],
    ['stereo', wav(Int16Array.of(16384, 0, 0, -32768), { channels: 2 }), [0.25, -0.5]],
  ])('%s', (_, bytes, expected) => {
    expect(decodeWav(bytes, 'x')).toEqual({ sampleRate: 8000, samples: Float64Array.from(expected) });
  });

  test('A-law and µ-law, as ITU-T G.711 expands them', () => {
    // G.711: A-law 0xD5 → 8, 0x55 → −8 of 32768; µ-law 0xFF → 0, 0x80 → 32124.
    expect(Array.from(decodeWav(wav(Uint8Array.of(0xd5, 0x55), { tag: 6, bits: 8 }), 'x').samples)).toEqual([
      8 / 32768,
      -8 / 32768,
    ]);
    expect(Array.from(decodeWav(wav(Uint8Array.of(0xff, 0x80), { tag: 7, bits: 8 }), 'x').samples)).toEqual([
      0,
      32124 / 32768,
    ]);
  });

  test.each([
    ['no WAVE', Buffer.from('ID3 and then more'), 'a WAVE file, beginning with RIFF and WAVE'],
    ['ADPCM', wav(new Uint8Array(8), { tag: 17, bits: 4 }), 'PCM of 8, 16, 24 or 32 bits'],
    ['0 channels', wav(new Uint8Array(8), { channels: 0 }), '1 .. 64 channels'],
    ['0 Hz', wav(new Uint8Array(8), { rate: 0 }), 'a sample rate'],
    ['no samples', wav(new Uint8Array(0)), 'at least one'],
    ['half a sample', wav(new Uint8Array(3)), 'samples of 2 bytes'],
    ['cut off', wav(new Uint8Array(8)).subarray(0, -1), '8 bytes of "data"'],
    ['NaN', wav(Float32Array.of(Number.NaN), { tag: 3, bits: 32 }), 'finite samples'],
  ])('%s is refused', (_, bytes, expected) => {
    expect(() => decodeWav(bytes, 'x')).toThrow(PareError);
    try {
      decodeWav(bytes, 'x');
    } catch (error) {
      expect(error).toMatchObject({ expected: expect.stringContaining(expected), where: 'x' });
    }
  });

  test('damaged bytes give a PareError or finite samples', () => {
    const wave = new wavefile.WaveFile();
    wave.fromScratch(1, 8000, '16', [1, 2, 3, 4]);
    const good = wave.toBuffer();
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bytes = Uint8Array.from(good);
        bytes[at % bytes.length] ^= change;
        try {
          expect(decodeWav(bytes, 'x').samples.every(Number.isFinite)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(PareError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

async function read(options: Partial<DatasetFile>, indices?: number[]) {
  // Every test gives options of this kind.
  const spec = { kind: 'audio', files: 'wavs', ...options } as DatasetFile;
  const dataset = await openDataset(spec, { baseDir: folder });
  return { dataset, batches: await collect(dataset.batches({ batchSize: 2, ...(indices && { indices }) })) };
}

describe('data set', () => {
  const ramp = (length: number, first: number) => Int16Array.from({ length }, (_, i) => 256 * (first + i));
  const files = { 'yes_1.wav': wav(ramp(5, 0)), 'no_1.wav': wav(ramp(9, 10)), 'no_2.wav': wav(ramp(3, 20)) };
  const values = (...numbers: number[]) => Float32Array.from(numbers, (number) => number / 128);
  beforeAll(async () => {
    await mkdir(join(folder, 'wavs'));
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, 'wavs', name), bytes);
    await writeFile(join(folder, 'wavs.zip'), zipSync(files));
  });

  test.each(['wavs', 'wavs.zip', 'wavs/*.wav'])('%s: labels from names, padded and cut', async (path) => {
    const { dataset, batches } = await read({ files: path, labelPattern: '^([a-z]+)_', samples: 4 });
    expect(dataset).toMatchObject({ length: 3, task: 'classification', classNames: ['no', 'yes'] });
    expect(batches.map(({ labels }) => labels)).toEqual([Int32Array.of(0, 0), Int32Array.of(1)]);
    expect(batches[0].inputs.audio).toEqual({
      dtype: 'float',
      shape: [2, 4],
      data: values(10, 11, 12, 13, 20, 21, 22, 0),
    });
  });

  test('sequences of frames, each frame, and silence before', async () => {
    const whole = await read({ match: 'no_1', frames: { size: 3, hop: 2, lead: 1 } });
    expect(whole.batches[0].inputs.audio).toEqual({
      dtype: 'float',
      shape: [1, 4, 3],
      data: values(0, 10, 11, 11, 12, 13, 13, 14, 15, 15, 16, 17),
    });
    const runs = await read({ frames: { size: 3, hop: 2, steps: 2 } }, [2, 0]);
    expect(runs.dataset.length).toBe(3);
    expect(runs.batches[0].inputs.audio.data).toEqual(values(0, 1, 2, 2, 3, 4, 10, 11, 12, 12, 13, 14));
    const each = await read({ frames: { size: 3, hop: 2, as: 'frame' } }, [4, 6]);
    expect(each.dataset.length).toBe(7);
    expect(each.batches[0].inputs.audio).toEqual({
      dtype: 'float',
      shape: [2, 3],
      data: values(20, 21, 22, 2, 3, 4),
    });
  });

  test('features with the time axis last are the same values', async () => {
    const features = { kind: 'magnitude', window: 4, hop: 1, taper: 'none' } as const;
    const [time] = (await read({ match: 'yes', features })).batches;
    const [turned] = (await read({ match: 'yes', features: { ...features, first: 'values' } })).batches;
    expect(time.inputs.audio.shape).toEqual([1, 2, 3]);
    expect(turned.inputs.audio.shape).toEqual([1, 3, 2]);
    const [a, b] = [time.inputs.audio.data, turned.inputs.audio.data];
    expect(Array.from(b, Number)).toEqual([0, 3, 1, 4, 2, 5].map((i) => Number(a[i])));
    // Samples 0 1 2 3 of 128: X[0] = 6, |X[1]| = √8, X[2] = −2.
    for (const [k, value] of [6, Math.sqrt(8), 2].entries()) expect(Number(a[k])).toBeCloseTo(value / 128, 7);
  });

  test('what cannot be is refused', async () => {
    await expect(read({ match: '^none' })).rejects.toMatchObject({ code: 'no-samples' });
    await expect(read({ labelPattern: '^(y)' })).rejects.toThrow('labelPattern does not match "no_1.wav"');
    await expect(read({ labelPattern: '^y' })).rejects.toThrow('expected one group');
    await expect(read({ seconds: 1, samples: 3 })).rejects.toThrow('seconds and samples exclude each other');
    await expect(read({ frames: { size: 99, hop: 1 } })).rejects.toMatchObject({ code: 'sound-too-short' });
    await expect(read({ samples: 2 ** 27, frames: { size: 1000, hop: 1 } })).rejects.toMatchObject({
      code: 'sound-too-long',
    });
  });
});
