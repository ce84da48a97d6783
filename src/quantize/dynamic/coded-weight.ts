import { readTensorSource } from '../../onnx/ir/read-tensor-source.ts';
import type { TensorSource } from '../../onnx/ir/tensor-source.ts';
import { bytesOfTensor } from '../../tensor/bytes-of-tensor.ts';
import { elementCount } from '../../tensor/element-count.ts';
import { ErrorStatistics } from '../../tensor/error-statistics.ts';
import { roundHalfEven } from '../../tensor/round-half-even.ts';
import { floatConstant } from '../float-constant.ts';
import type { CodeRange } from '../format.ts';
import { int8 } from '../formats/int8.ts';
import { weightScales } from '../weight-scales.ts';
import { eachRun, type Grouping, groupingOf, scaleShape } from '../weights/grouping.ts';

/** A float weight on symmetric grids, w = code · scale, one scale a group. */
export interface CodedWeight {
  /** The float weight. */
  readonly source: TensorSource;
  readonly grouping: Grouping;
  readonly scales: Float32Array;
  /** int8, of the weight's shape, computed when they are written. */
  readonly codes: TensorSource;
}

/**
 * Scales are largest magnitude / largest code.
 * @param ownAxes axes each of whose indices has a scale of its own
 * Throws `non-finite-weight`.
 */
export async function codeWeight(
  name: string,
  source: TensorSource,
  ownAxes: readonly number[],
  range: CodeRange,
): Promise<CodedWeight> {
  const { shape } = source;
  const grouping = groupingOf(shape, ownAxes, 'channel');
  const magnitudes = groupMagnitudes(await floatConstant({ name, initializer: source }), grouping);
  const scales = weightScales(magnitudes, range);
  const read = async (): Promise<Uint8Array> => {
    const data = codesOf(await floatsOf(source), grouping, scales, range);
    return bytesOfTensor({ dtype: int8.dtype, shape, data });
  };
  const codes = { dtype: int8.dtype, shape, byteLength: elementCount(shape), read };
  return { source, grouping, scales, codes };
}

/** What rounding did to the weights of one layer. */
export async function codingErrors(weights: readonly CodedWeight[]): Promise<ErrorStatistics> {
  const errors = new ErrorStatistics();
  for (const { source, grouping, scales, codes } of weights) {
    const floats = await floatsOf(source);
    // Codes are int8, by `codeWeight`.
    const integers = (await readTensorSource(codes)).data as Int8Array;
    const decoded = new Float32Array(floats.length);
    eachRun(grouping, (start, count, first, step) => {
      for (let i = start, group = first; i < start + count; i++, group += step)
        decoded[i] = integers[i] * scales[group];
    });
    errors.add(floats, decoded);
  }
  return errors;
}

/** Only float weights are coded. */
async function floatsOf(source: TensorSource): Promise<Float32Array> {
  return (await readTensorSource(source)).data as Float32Array;
}

function groupMagnitudes(weights: Float32Array, grouping: Grouping): Float64Array {
  const magnitudes = new Float64Array(elementCount(scaleShape(grouping)));
  eachRun(grouping, (start, count, first, step) => {
    for (let i = start, group = first; i < start + count; i++, group += step) {
      const magnitude = Math.abs(weights[i]);
      if (magnitude > magnitudes[group]) magnitudes[group] = magnitude;
    }
  });
  return magnitudes;
}

/** saturate(roundHalfEven(w / scale)), divided in float32 as QuantizeLinear does. */
function codesOf(
  weights: Float32Array,
  grouping: Grouping,
  scales: Float32Array,
  { min, max }: CodeRange,
): Int8Array {
  const codes = new Int8Array(weights.length);
  eachRun(grouping, (start, count, first, step) => {
    for (let i = start, group = first; i < start + count; i++, group += step) {
      const code = roundHalfEven(Math.fround(weights[i] / scales[group]));
      codes[i] = Math.min(Math.max(code, min), max);
    }
  });
  return codes;
}
