import type { Value } from '../../onnx/ir/value.ts';
import type { CellParts, CellState, WrittenCell } from './cell.ts';

/**
 * An LSTM of the usual activations with one Sigmoid over all gates, for tanh z = 2·σ(2z) − 1: the rows of the candidate are
 * doubled beforehand. That is three operators fewer a step, of about thirty (research/training.md §3).
 */
export function lstmOfSigmoids(parts: CellParts): WrittenCell {
  const { write, hidden, biases } = parts;
  const scales = Float32Array.from({ length: 4 * hidden }, (_, row) => (row < 3 * hidden ? 1 : 2));
  const rowScale = write.constant({ dtype: 'float', shape: [4 * hidden, 1], data: scales });
  const bias = biases && write.op('Add', [biases.input, biases.recurrent]);
  const recurrence = write.op('Mul', [parts.recurrence, rowScale]);
  return {
    rowScale,
    inputBias: bias && write.op('Mul', [bias, rowScale]),
    step: (projected, state) => step(parts, recurrence, projected, state),
  };
}

function step(
  { write, hidden }: CellParts,
  recurrence: Value,
  projected: Value,
  [h, c]: CellState,
): readonly Value[] {
  const z = h ? write.op('Add', [projected, write.op('MatMul', [recurrence, h])]) : projected;
  const lengths = write.ints([hidden, hidden, hidden, hidden]);
  const [i, o, f, s] = write.ops('Split', [write.op('Sigmoid', [z]), lengths], 4, { axis: 0 });
  const candidate = write.op('Sub', [write.op('Mul', [s, write.scalar(2)]), write.scalar(1)]);
  const added = write.op('Mul', [i, candidate]);
  const cell = c ? write.op('Add', [write.op('Mul', [f, c]), added]) : added;
  return [write.op('Mul', [o, write.op('Tanh', [cell])]), cell];
}
