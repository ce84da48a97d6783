import type { Value } from '../../onnx/ir/value.ts';
import type { GraphWriter } from '../graph-writer.ts';
import { columnRows } from './recurrence-facts.ts';
import type { CellPlace, DirectionWeights } from './scanned-cell.ts';

/** [W b R], to be multiplied by [x; 1; h]: one product a step; without biases [W R]. */
export function joinedWeights(write: GraphWriter, { input, recurrence, biases }: DirectionWeights): Value {
  const bias = biases ? [write.op('Add', [biases.input, biases.recurrent])] : [];
  return write.op('Concat', [input, ...bias, recurrence], { axis: 1 });
}

/** Takes the gradient of [W b R] apart. */
export function splitWeights({ write, facts }: CellPlace, joined: Value) {
  const widths = columnRows(facts);
  const parts = write.ops('Split', [joined, write.ints(widths)], widths.length, { axis: 1 });
  const [input, recurrence] = [parts[0], parts[parts.length - 1]];
  return { input, recurrence, bias: parts.length === 3 ? parts[1] : undefined };
}

/** dz · columnsᵀ, the sum over all steps and samples. */
export function product(write: GraphWriter, dz: Value, columns: Value): Value {
  return write.op('Gemm', [dz, columns], { transB: 1 });
}
