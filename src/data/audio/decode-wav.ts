import wavefile from 'wavefile';
import { malformedFile } from '../errors.ts';
import { readWavFacts, type WavFacts } from './wav-facts.ts';

/** One channel of sound. */
export interface Sound {
  /** Hz. */
  readonly sampleRate: number;
  /** Full scale is −1 .. 1. */
  readonly samples: Float64Array;
}

/**
 * Decodes a WAVE file to one channel, the mean of all. Integers of b bits are divided by 2^(b−1) (8 bits are unsigned: 128 is
 * silence), A-law and µ-law expanded to 16 bits, floats taken as they are.
 * Throws a PareError where the file is damaged or holds NaN or infinity.
 */
export function decodeWav(bytes: Uint8Array, where: string): Sound {
  const facts = readWavFacts(bytes, where);
  const interleaved = decode(bytes, facts, where);
  const { channels, length, sampleRate } = facts;
  if (interleaved.length !== length * channels)
    throw malformedFile(where, `${length * channels} samples`, `${interleaved.length}`);
  const [scale, offset] = levels(facts);
  const samples = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += (interleaved[i * channels + c] - offset) / scale;
    samples[i] = sum / channels;
    if (!Number.isFinite(samples[i])) throw malformedFile(where, 'finite samples', `${samples[i]} at ${i}`);
  }
  return { sampleRate, samples };
}

function decode(bytes: Uint8Array, { encoding }: WavFacts, where: string): Float64Array {
  try {
    const wave = new wavefile.WaveFile(bytes);
    if (encoding === 'a-law') wave.fromALaw();
    if (encoding === 'mu-law') wave.fromMuLaw();
    return wave.getSamples(true);
  } catch (cause) {
    throw malformedFile(where, 'a WAVE file', cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** Value of full scale and of silence. */
function levels({ encoding, bits }: WavFacts): [scale: number, offset: number] {
  if (encoding === 'float') return [1, 0];
  if (encoding !== 'pcm') return [32768, 0];
  return [2 ** (bits - 1), bits === 8 ? 128 : 0];
}
