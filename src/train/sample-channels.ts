/** How the channels of a sample lie in memory. */
export interface SampleChannels {
  /** Position among the sample's axes; undefined where all is one channel. */
  readonly axis: number | undefined;
  readonly count: number;
  /** Elements from one channel to the next. */
  readonly stride: number;
}

/** Channels are the first or last axis of a picture, the one of at most 4; all else is one channel. */
export function sampleChannels(sample: readonly number[]): SampleChannels {
  const [first, second, third] = sample;
  if (sample.length === 3 && first <= 4) return { axis: 0, count: first, stride: second * third };
  if (sample.length === 3 && third <= 4) return { axis: 2, count: third, stride: 1 };
  return { axis: undefined, count: 1, stride: 1 };
}
