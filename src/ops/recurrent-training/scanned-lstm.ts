import type { Value } from '../../onnx/ir/value.ts';
import { columnRows } from './recurrence-facts.ts';
import type { CellPlace, DirectionWeights, ScannedCell } from './scanned-cell.ts';
import { joinedWeights, product, splitWeights } from './weight-columns.ts';

/**
 * Gates i, o, f, g: C = f·C + i·g, H = o·tanh C. One Sigmoid makes all gates, for g = tanh z = 2·s − 1, s = σ(2z). With
 * u = i·s and a = i·g = 2·u − i the gradients of what enters them are
 *
 *     dC = dH·o·(1 − tanh² C) + dC′·f′
 *     [dz_i; dz_o; dz_f; dz_g / 4] = [dC; dH; dC; dC] · F,  F = [a; H; f·C; u] · (1 − [i; o; f; s])
 *
 * and the 4 goes into the weights that dz is multiplied by.
 */
export const scannedLstm: ScannedCell = {
  gates: 4,
  states: 2,
  factorRows: ({ hidden }) => [4 * hidden, hidden, hidden],
  gateRows: ({ hidden }) => [4 * hidden],
  columnRows: (facts) => [columnRows(facts).reduce((sum, rows) => sum + rows)],

  forward(place, weights) {
    const { hidden } = place.facts;
    const all = place.write.op('Mul', [joinedWeights(place.write, weights), candidateTimes(place, 2)]);
    return (write, x, [h, c]) => {
      const columns = write.op('Concat', [x, h], { axis: 0 });
      const gates = write.op('Sigmoid', [write.op('MatMul', [all, columns])]);
      const [i, o, f, s] = write.ops('Split', [gates, write.ints([hidden, hidden, hidden, hidden])], 4, {
        axis: 0,
      });
      const u = write.op('Mul', [i, s]);
      const added = write.op('Sub', [write.op('Add', [u, u]), i]);
      const held = write.op('Mul', [f, c]);
      const cell = write.op('Add', [held, added]);
      const squashed = write.op('Tanh', [cell]);
      const output = write.op('Mul', [o, squashed]);
      const parts = write.op('Concat', [added, output, held, u], { axis: 0 });
      const ofGates = write.op('Mul', [parts, write.op('Sub', [write.scalar(1), gates])]);
      const ofCell = write.op('Sub', [o, write.op('Mul', [output, squashed])]);
      return { states: [output, cell], factors: [ofGates, ofCell, f], columns: [columns] };
    };
  },

  backward(place, weights) {
    const transposed = place.write.transpose(quadrupled(place, weights.recurrence), [1, 0]);
    return (write, [dh, dHeld], [ofGates, ofCell, f]) => {
      const dc = write.op('Add', [write.op('Mul', [dh, ofCell]), dHeld]);
      const dz = write.op('Mul', [write.op('Concat', [dc, dh, dc, dc], { axis: 0 }), ofGates]);
      return {
        states: [write.op('MatMul', [transposed, dz]), write.op('Mul', [dc, f])],
        gates: [dz],
      };
    };
  },

  weightGradients(place, { gates: [dz], columns: [columns] }) {
    const joined = quadrupled(place, product(place.write, dz, columns));
    const { input, recurrence, bias } = splitWeights(place, joined);
    return { input, recurrence, biases: bias && [bias, bias] };
  },

  inputGradient(place, weights: DirectionWeights, { gates: [dz] }) {
    return place.write.op('Gemm', [dz, quadrupled(place, weights.input)], { transA: 1 });
  },
};

function quadrupled(place: CellPlace, rows: Value): Value {
  return place.write.op('Mul', [rows, candidateTimes(place, 4)]);
}

/** A column for the rows of the gates: `factor` in those of the candidate, else 1. */
function candidateTimes({ write, facts: { hidden } }: CellPlace, factor: number): Value {
  const data = new Float32Array(4 * hidden).fill(1).fill(factor, 3 * hidden);
  return write.constant({ dtype: 'float', shape: [4 * hidden, 1], data });
}
