import type { Value } from '../onnx/ir/value.ts';
import type { GraphWriter } from '../ops/graph-writer.ts';
import { nchwc, nchwcConv } from './nchwc.ts';

/** Of blocked maps: [N, C↑, H, W]. */
export interface MapShape {
  readonly batch: number;
  /** C↑ */
  readonly channels: number;
  readonly map: readonly number[];
}

/** Mean of each channel over samples and places, [C↑]. */
export function channelMeans(write: GraphWriter, value: Value, { batch, channels }: MapShape): Value {
  const bySample = nchwc(write, 'GlobalAveragePool', [value]);
  return meanOverSamples(write, write.reshape(bySample, [batch, channels]), batch);
}

/**
 * Mean of the products of two maps for each channel, [C↑]: one map is the other's filter, a channel of a sample each, so that
 * no product is written to memory.
 */
export function channelProductMeans(
  write: GraphWriter,
  a: Value,
  b: Value,
  { batch, channels, map }: MapShape,
): Value {
  const maps = batch * channels;
  const sums = nchwcConv(write, {
    x: write.reshape(a, [1, maps, ...map]),
    weight: write.reshape(b, [maps, 1, ...map]),
    kernel: map,
    group: maps,
  });
  return meanOverSamples(write, write.reshape(sums, [batch, channels]), batch * map[0] * map[1]);
}

/** [N, C↑] → [C↑], divided by `count`. */
function meanOverSamples(write: GraphWriter, value: Value, count: number): Value {
  return write.op('Mul', [write.sum(value, [0], false), write.scalar(1 / count)]);
}
