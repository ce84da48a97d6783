import type { Tensor } from '../../base/tensor.ts';
import { soundTooLong } from '../errors.ts';
import type { FeatureOptions, FrameOptions } from './audio-options.ts';
import { frameCount } from './cut-frames.ts';
import type { Sound } from './decode-wav.ts';
import { resample } from './resample.ts';
import { createFeatures, type FeatureMaker, type TimeSeries } from './sound-features.ts';
import { timeLast } from './time-last.ts';

/** Numbers held of one recording, at any stage: 1 GiB. */
const MAX_VALUES = 2 ** 27;

/** What becomes of a sound before a model sees it. */
export interface SoundOptions {
  /** Hz; default as recorded. */
  sampleRate: number | undefined;
  /** Seconds, or samples at that rate: longer sounds lose their end, shorter ones are followed by silence. */
  seconds: number | undefined;
  samples: number | undefined;
  features: FeatureOptions | undefined;
  frames: FrameOptions | undefined;
}

/** A sound made ready, along time. */
export interface Recording extends TimeSeries {
  /** Frames of `frames`, 0 where sounds are not cut. */
  readonly frames: number;
}

/** Makes sounds ready, in the order: sample rate, length, silence before, features, frames. */
export interface RecordingMaker {
  /** How many frames a sound of that length gives, without looking at it. */
  framesOf(length: number, sampleRate: number, where: string): number;
  of(sound: Sound, where: string): Recording;
  /** Frames `start` .. `start + count` as [count, size, …], or the whole recording as [time, …]. */
  tensor(recording: Recording, cut?: { start: number; count: number }): Tensor;
}

/** Throws PareErrors for sounds that would take more than 1 GiB at any stage. */
export function createRecording(options: SoundOptions): RecordingMaker {
  const { features, frames } = options;
  const byRate = new Map<number, FeatureMaker>();
  const featuresAt = (rate: number): FeatureMaker | undefined => {
    if (!features) return undefined;
    const maker = byRate.get(rate) ?? createFeatures(features, rate);
    byRate.set(rate, maker);
    return maker;
  };
  const sizes = (length: number, from: number, where: string) => {
    const rate = options.sampleRate ?? from;
    const samples = fittedLength(Math.ceil((length * rate) / from), rate, options) + (frames?.lead ?? 0);
    const maker = featuresAt(rate);
    const entries = maker ? maker.countOf(samples) : samples;
    const width = product(maker?.width ?? []);
    const count = frames ? frameCount(entries, frames) : 0;
    const held = frames?.as === 'sequence' ? count * Math.min(frames.size, entries) : 0;
    const most = Math.max(Math.ceil((length * rate) / from), samples, entries * width, held * width);
    if (most > MAX_VALUES) throw soundTooLong(where, most, MAX_VALUES);
    return { rate, samples, count };
  };
  return {
    framesOf: (length, rate, where) => sizes(length, rate, where).count,
    of: (sound, where) => {
      const { rate, samples, count } = sizes(sound.samples.length, sound.sampleRate, where);
      const lead = frames?.lead ?? 0;
      const fitted = new Float64Array(samples);
      fitted.set(resample(sound.samples, sound.sampleRate, rate).subarray(0, samples - lead), lead);
      const series = featuresAt(rate)?.of(fitted) ?? { count: samples, width: [], values: fitted };
      return { ...series, frames: count };
    },
    tensor: (recording, cut) => tensorOf(recording, options, cut),
  };
}

function fittedLength(length: number, rate: number, { seconds, samples }: SoundOptions): number {
  if (samples !== undefined) return samples;
  return seconds === undefined ? length : Math.ceil(seconds * rate);
}

function tensorOf(
  { count, width, values }: Recording,
  { features, frames }: SoundOptions,
  cut: { start: number; count: number } | undefined,
): Tensor {
  const size = product(width);
  const { blocks, time, data } =
    frames && cut
      ? { blocks: cut.count, time: frames.size, data: pieces(values, size, frames, cut) }
      : { blocks: 1, time: count, data: Float32Array.from(values) };
  const inner = features?.first === 'values' ? [...width, time] : [time, ...width];
  const turned = features?.first === 'values' ? timeLast(data, { blocks, time, width: size }) : data;
  return { dtype: 'float', shape: cut ? [blocks, ...inner] : inner, data: turned };
}

function pieces(
  values: Float64Array,
  width: number,
  { size, hop }: FrameOptions,
  { start, count }: { start: number; count: number },
): Float32Array {
  const data = new Float32Array(count * size * width);
  for (let i = 0; i < count; i++) {
    const from = (start + i) * hop * width;
    data.set(values.subarray(from, from + size * width), i * size * width);
  }
  return data;
}

function product(lengths: readonly number[]): number {
  return lengths.reduce((all, length) => all * length, 1);
}
