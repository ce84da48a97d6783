import { malformedFile } from '../errors.ts';

/** Encodings of WAVE files that are read, by format tag: integer PCM, float, A-law, µ-law. */
const ENCODINGS = { 1: 'pcm', 3: 'float', 6: 'a-law', 7: 'mu-law' } as const;
/** WAVE_FORMAT_EXTENSIBLE: the tag stands in the first bytes of the sub-format. */
const EXTENSIBLE = 0xfffe;
const SUB_FORMAT_AT = 24;

const BITS: Readonly<Record<Encoding, readonly number[]>> = {
  pcm: [8, 16, 24, 32],
  float: [32, 64],
  'a-law': [8],
  'mu-law': [8],
};

const MAX_CHANNELS = 64;
export const MAX_SAMPLE_RATE = 384_000;

type Encoding = (typeof ENCODINGS)[keyof typeof ENCODINGS];

/** What the header of a WAVE file says. */
export interface WavFacts {
  readonly encoding: Encoding;
  readonly channels: number;
  /** Hz. */
  readonly sampleRate: number;
  readonly bits: number;
  /** Samples a channel. */
  readonly length: number;
}

/**
 * Reads the chunks of a WAVE file (Microsoft/IBM 1991, extensible 2001) and checks what a decoder relies on: known
 * encoding, sane rates, and a data chunk of whole samples within the file. Throws a PareError naming what is wrong.
 */
export function readWavFacts(bytes: Uint8Array, where: string): WavFacts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 12 || word(0) !== 'RIFF' || word(8) !== 'WAVE')
    throw malformedFile(where, 'a WAVE file, beginning with RIFF and WAVE', JSON.stringify(word(0)));
  let format: Omit<WavFacts, 'length'> | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const [name, size, start] = [word(at), view.getUint32(at + 4, true), at + 8];
    if (name === 'fmt ' || name === 'data') {
      if (start + size > bytes.length)
        throw malformedFile(where, `${size} bytes of "${name}"`, `${bytes.length - start} bytes`);
    }
    if (name === 'fmt ')
      format ??= readFormat(new DataView(bytes.buffer, bytes.byteOffset + start, size), where);
    if (name === 'data') {
      if (!format) throw malformedFile(where, 'a chunk "fmt " before the samples', 'none');
      const frameBytes = (format.channels * format.bits) / 8;
      if (size === 0 || size % frameBytes !== 0)
        throw malformedFile(where, `samples of ${frameBytes} bytes, at least one`, `${size} bytes`);
      return { ...format, length: size / frameBytes };
    }
    at = start + size + (size % 2);
  }
  throw malformedFile(where, 'a chunk "data" with the samples', 'none');
}

function readFormat(view: DataView, where: string): Omit<WavFacts, 'length'> {
  if (view.byteLength < 16) throw malformedFile(where, '16 bytes of "fmt "', `${view.byteLength} bytes`);
  const stated = view.getUint16(0, true);
  const isExtensible = stated === EXTENSIBLE && view.byteLength >= SUB_FORMAT_AT + 2;
  const tag = isExtensible ? view.getUint16(SUB_FORMAT_AT, true) : stated;
  const [channels, bits] = [view.getUint16(2, true), view.getUint16(14, true)];
  const sampleRate = view.getUint32(4, true);
  const encoding = isKnown(tag) ? ENCODINGS[tag] : undefined;
  if (!encoding || !BITS[encoding].includes(bits))
    throw malformedFile(
      where,
      'PCM of 8, 16, 24 or 32 bits, float of 32 or 64 bits, A-law or µ-law',
      `format ${tag} of ${bits} bits`,
    );
  if (channels < 1 || channels > MAX_CHANNELS)
    throw malformedFile(where, `1 .. ${MAX_CHANNELS} channels`, `${channels}`);
  if (sampleRate < 1 || sampleRate > MAX_SAMPLE_RATE)
    throw malformedFile(where, `a sample rate of 1 .. ${MAX_SAMPLE_RATE} Hz`, `${sampleRate}`);
  const blockAlign = view.getUint16(12, true);
  if (blockAlign !== (channels * bits) / 8)
    throw malformedFile(where, `${(channels * bits) / 8} bytes a sample of all channels`, `${blockAlign}`);
  return { encoding, channels, sampleRate, bits };
}

function isKnown(tag: number): tag is keyof typeof ENCODINGS {
  return Object.hasOwn(ENCODINGS, tag);
}
