import { readTensorSource } from '../../onnx/ir/read-tensor-source.ts';
import { nonFiniteWeight } from '../errors.ts';
import type { WeightSite } from './weight-sites.ts';

/** The numbers of a float32 weight. Throws `non-finite-weight` where one is NaN or infinite. */
export async function weightNumbers({ value, source }: WeightSite): Promise<Float32Array> {
  // Only float32 weights are stored (`reasonToKeep`).
  const data = (await readTensorSource(source)).data as Float32Array;
  const index = data.findIndex((x) => !Number.isFinite(x));
  if (index >= 0) throw nonFiniteWeight(value.name, data[index], index);
  return data;
}
