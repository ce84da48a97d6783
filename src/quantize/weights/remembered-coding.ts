import type { TensorSource } from '../../onnx/ir/tensor-source.ts';
import type { LevelCoding, WeightCoding } from './weight-coding.ts';

/** The same codes without finding them twice: copies of a model share their constants. */
export function rememberedCoding(coding: WeightCoding): WeightCoding {
  const known = new WeakMap<TensorSource, Map<string, LevelCoding>>();
  return (request) => {
    const { site, grouping, isTurned } = request;
    const own = known.get(site.source) ?? new Map<string, LevelCoding>();
    known.set(site.source, own);
    const key = `${grouping.dims} ${grouping.isOwn} ${isTurned}`;
    const found = own.get(key) ?? coding(request);
    own.set(key, found);
    return found;
  };
}
