import type { Value } from '../../onnx/ir/value.ts';
import type { GraphWriter } from '../graph-writer.ts';
import { columnRows, type RecurrenceFacts } from './recurrence-facts.ts';
import type { CellPlace, ScannedCell } from './scanned-cell.ts';
import { joinedWeights, product, splitWeights } from './weight-columns.ts';

/**
 * Gates z, r: H′ = n + z·(H − n), n = tanh(W·x + R·(r·H) + b). With dm the gradient of r·H
 *
 *     dn = dH′·(1 − z)·(1 − n²),  dm = Rₙᵀ·dn,  [dz; dr] = [dH′; dm] · [H − n; H] · [z; r] · (1 − [z; r])
 *     dH = dH′·z + dm·r + [R_z; R_r]ᵀ·[dz; dr]
 */
export const scannedGru: ScannedCell = {
  gates: 3,
  states: 1,
  factorRows: ({ hidden }) => [2 * hidden, hidden, hidden, hidden],
  gateRows: ({ hidden }) => [2 * hidden, hidden],
  columnRows: (facts) => [allRows(facts), allRows(facts)],

  forward(place, weights) {
    const [ofGates, ofCandidate] = blocks(place, joinedWeights(place.write, weights));
    return (write, x, [h]) => {
      const columns = write.op('Concat', [x, h], { axis: 0 });
      const gates = write.op('Sigmoid', [write.op('MatMul', [ofGates, columns])]);
      const [z, r] = halves(write, place.facts, gates);
      const reset = write.op('Concat', [x, write.op('Mul', [r, h])], { axis: 0 });
      const n = write.op('Tanh', [write.op('MatMul', [ofCandidate, reset])]);
      const rest = write.op('Sub', [h, n]);
      const parts = write.op('Concat', [rest, h], { axis: 0 });
      return {
        states: [write.op('Add', [n, write.op('Mul', [z, rest])])],
        factors: [write.op('Mul', [parts, slope(write, gates)]), candidateFactor(write, z, n), z, r],
        columns: [columns, reset],
      };
    };
  },

  backward(place, weights) {
    const [ofGates, ofCandidate] = transposedBlocks(place, weights.recurrence);
    return (write, [dh], [gateFactor, nFactor, z, r]) => {
      const dn = write.op('Mul', [dh, nFactor]);
      const dm = write.op('MatMul', [ofCandidate, dn]);
      const dGates = write.op('Mul', [write.op('Concat', [dh, dm], { axis: 0 }), gateFactor]);
      const direct = write.op('Add', [write.op('Mul', [dh, z]), write.op('Mul', [dm, r])]);
      return { states: [write.op('Gemm', [ofGates, dGates, direct])], gates: [dGates, dn] };
    };
  },

  weightGradients(place, { gates: [dGates, dn], columns: [columns, reset] }) {
    const { write } = place;
    const products = [product(write, dGates, columns), product(write, dn, reset)];
    const { input, recurrence, bias } = splitWeights(place, write.op('Concat', products, { axis: 0 }));
    return { input, recurrence, biases: bias && [bias, bias] };
  },

  inputGradient(place, { input }, { gates: [dGates, dn] }) {
    return throughBoth(place, input, dGates, dn);
  },
};

/**
 * The same with n = tanh(W·x + b + r·q), q = R·H + b′:
 *
 *     dn = dH′·(1 − z)·(1 − n²),  [dz; dr; dq] = dH′ · [(H − n)·z·(1 − z); e·q·r·(1 − r); e·r],  e = (1 − z)·(1 − n²)
 *     dH = dH′·z + Rᵀ·[dz; dr; dq]
 */
export const scannedGruResetLast: ScannedCell = {
  gates: 3,
  states: 1,
  factorRows: ({ hidden }) => [3 * hidden, hidden, hidden],
  gateRows: ({ hidden }) => [3 * hidden, hidden],
  columnRows: (facts) => [allRows(facts)],

  forward(place, weights) {
    const [ofGates] = blocks(place, joinedWeights(place.write, weights));
    const { input, recurrence, biases } = weights;
    const [, ownWeights] = blocks(place, input);
    const [, ofState] = blocks(place, recurrence);
    const ownBias = biases ? [blocks(place, biases.input)[1]] : [];
    const stateBias = biases && blocks(place, biases.recurrent)[1];
    const own = place.write.op('Concat', [ownWeights, ...ownBias], { axis: 1 });
    return (write, x, [h]) => {
      const columns = write.op('Concat', [x, h], { axis: 0 });
      const gates = write.op('Sigmoid', [write.op('MatMul', [ofGates, columns])]);
      const [z, r] = halves(write, place.facts, gates);
      const q = write.op('Gemm', [ofState, h, stateBias]);
      const sum = write.op('Add', [write.op('MatMul', [own, x]), write.op('Mul', [r, q])]);
      const n = write.op('Tanh', [sum]);
      const rest = write.op('Sub', [h, n]);
      const nFactor = candidateFactor(write, z, n);
      const parts = write.op('Concat', [rest, write.op('Mul', [nFactor, q])], { axis: 0 });
      const ofBoth = write.op('Mul', [parts, slope(write, gates)]);
      const factors = write.op('Concat', [ofBoth, write.op('Mul', [nFactor, r])], { axis: 0 });
      return {
        states: [write.op('Add', [n, write.op('Mul', [z, rest])])],
        factors: [factors, nFactor, z],
        columns: [columns],
      };
    };
  },

  backward({ write: around }, { recurrence }) {
    const transposed = around.transpose(recurrence, [1, 0]);
    return (write, [dh], [factors, nFactor, z]) => {
      const all = write.op('Mul', [write.op('Concat', [dh, dh, dh], { axis: 0 }), factors]);
      const direct = write.op('Mul', [dh, z]);
      return {
        states: [write.op('Gemm', [transposed, all, direct])],
        gates: [all, write.op('Mul', [dh, nFactor])],
      };
    };
  },

  weightGradients(place, { gates: [all, dn], columns: [columns] }) {
    const { write, facts } = place;
    const below = facts.hasBias ? [facts.features + 1, facts.hidden] : [facts.features, facts.hidden];
    const [x] = write.ops('Split', [columns, write.ints(below)], 2, { axis: 0 });
    const { input, recurrence, bias } = splitWeights(place, product(write, all, columns));
    const own = product(write, dn, x);
    const [ofInput, ofOnes] = bias
      ? write.ops('Split', [own, write.ints([facts.features, 1])], 2, { axis: 1 })
      : [own];
    const first = (rows: Value, last: Value) =>
      write.op('Concat', [blocks(place, rows)[0], last], { axis: 0 });
    return {
      input: first(input, ofInput),
      recurrence,
      biases: bias && [first(bias, ofOnes), bias],
    };
  },

  inputGradient(place, { input }, { gates: [all, dn] }) {
    return throughBoth(place, input, blocks(place, all)[0], dn);
  },
};

function allRows(facts: RecurrenceFacts): number {
  return columnRows(facts).reduce((sum, rows) => sum + rows);
}

/** Rows of the gates z and r, and those behind them. */
function blocks({ write, facts: { hidden } }: CellPlace, value: Value): Value[] {
  return write.ops('Split', [value, write.ints([2 * hidden, hidden])], 2, { axis: 0 });
}

function transposedBlocks(place: CellPlace, value: Value): Value[] {
  return blocks(place, value).map((rows) => place.write.transpose(rows, [1, 0]));
}

function halves(write: GraphWriter, { hidden }: RecurrenceFacts, value: Value): Value[] {
  return write.ops('Split', [value, write.ints([hidden, hidden])], 2, { axis: 0 });
}

/** s·(1 − s) */
function slope(write: GraphWriter, s: Value): Value {
  return write.op('Mul', [s, write.op('Sub', [write.scalar(1), s])]);
}

/** (1 − z)·(1 − n²) */
function candidateFactor(write: GraphWriter, z: Value, n: Value): Value {
  const one = write.scalar(1);
  const squared = write.op('Mul', [n, n]);
  return write.op('Mul', [write.op('Sub', [one, z]), write.op('Sub', [one, squared])]);
}

/** Wᵀ·dz, samples first. */
function throughBoth(place: CellPlace, input: Value, dGates: Value, dn: Value): Value {
  const [ofGates, ofCandidate] = blocks(place, input);
  const { write } = place;
  const part = write.op('Gemm', [dGates, ofGates], { transA: 1 });
  return write.op('Gemm', [dn, ofCandidate, part], { transA: 1 });
}
