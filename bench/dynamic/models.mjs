import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { places } from '../quantize/places.mjs';

/** xorshift32; numbers from −1 to 1, by seed. */
function noise(seed) {
  let x = seed * 2654435761 + 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x | 0) / 2 ** 31;
  };
}

/** Nearly normal: the sum of three uniform numbers, of standard deviation `scale`. */
function normal(shape, scale, seed) {
  const next = noise(seed + 1);
  const count = shape.reduce((a, b) => a * b, 1);
  const data = Float32Array.from({ length: count }, () => scale * (next() + next() + next()));
  return { type: 'float32', shape, data };
}

function magnitudes(shape, scale, seed) {
  const tensor = normal(shape, scale, seed);
  return { ...tensor, data: tensor.data.map(Math.abs) };
}

function words(shape, vocabulary, seed) {
  const next = noise(seed + 1);
  const count = shape.reduce((a, b) => a * b, 1);
  const word = () => BigInt(Math.floor(Math.abs(next()) * (vocabulary - 1)));
  return { type: 'int64', shape, data: BigInt64Array.from({ length: count }, word) };
}

let speech;
/** 576 samples of recorded speech. */
function speechFrame(seed) {
  if (!speech) {
    const bytes = readFileSync(join(places.assets, 'audio/speech-60s-16khz.wav'));
    speech = new Int16Array(bytes.buffer.slice(bytes.byteOffset + 44, bytes.byteOffset + 44 + 1_900_000));
  }
  const start = 2000 + seed * 25_000;
  const data = Float32Array.from(speech.subarray(start, start + 576), (sample) => sample / 32768);
  return { type: 'float32', shape: [1, 576], data };
}

const sampleRate = { type: 'int64', shape: [], data: BigInt64Array.of(16000n) };
const silero = (seed) => ({
  input: speechFrame(seed),
  state: normal([2, 1, 128], 0.3, seed),
  sr: sampleRate,
});

/** Nets of the bench: where the file lies, and the inputs of one run by seed. States are fed as plausible noise. */
export const models = {
  'dtln-1': {
    inputs: (seed) => ({
      input_2: magnitudes([1, 1, 257], 1, seed),
      input_3: normal([1, 2, 128, 2], 0.3, seed + 50),
    }),
  },
  'dtln-2': {
    inputs: (seed) => ({
      input_4: normal([1, 1, 512], 0.1, seed),
      input_5: normal([1, 2, 128, 2], 0.3, seed + 50),
    }),
  },
  'silero-vad-16k': { inputs: silero },
  'silero-vad-if': { inputs: silero },
  'autoencoder-toycar': { inputs: (seed) => ({ input: normal([1, 640], 1, seed) }) },
  'gtcrn-simple': {
    inputs: (seed) => ({
      mix: normal([1, 257, 1, 2], 0.3, seed),
      conv_cache: normal([2, 1, 16, 16, 33], 0.2, seed + 50),
      tra_cache: normal([2, 3, 1, 1, 16], 0.2, seed + 100),
      inter_cache: normal([2, 1, 33, 16], 0.2, seed + 150),
    }),
  },
  encoder: { isGenerated: true, inputs: (seed) => ({ ids: words([1, 128], 4000, seed) }) },
  'text-lstm': { isGenerated: true, inputs: (seed) => ({ ids: words([1, 64], 8000, seed) }) },
};
