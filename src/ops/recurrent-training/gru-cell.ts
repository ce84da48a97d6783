import type { Value } from '../../onnx/ir/value.ts';
import type { Cell, CellParts, CellState, WrittenCell } from './cell.ts';

/** Gates z, r, h: H = (1 − z)·h̃ + z·H. */
export const gruCell: Cell = {
  gates: 3,
  states: 1,
  activations: ['Sigmoid', 'Tanh'],
  write: (parts) => (parts.node.int('linear_before_reset') === 1 ? resetLast(parts) : resetFirst(parts)),
};

/** h̃ = g(W·x + R·(r·H) + b) */
function resetFirst(parts: CellParts): WrittenCell {
  const { write, biases, recurrence, activations } = parts;
  const [f, g] = activations;
  const [ofGates, ofCandidate] = blocks(parts, recurrence);
  return {
    inputBias: biases && write.op('Add', [biases.input, biases.recurrent]),
    step: (projected, [h]: CellState) => {
      const [gates, own] = blocks(parts, projected);
      const product = h ? write.op('Add', [gates, write.op('MatMul', [ofGates, h])]) : gates;
      const [z, r] = halves(parts, f(write, parts.clip(product)));
      const candidate = h
        ? write.op('Add', [own, write.op('MatMul', [ofCandidate, write.op('Mul', [r, h])])])
        : own;
      return [mix(parts, z, g(write, parts.clip(candidate)), h)];
    },
  };
}

/** h̃ = g(W·x + b + r·(R·H + b′)): one product a step. */
function resetLast(parts: CellParts): WrittenCell {
  const { write, biases, recurrence, activations } = parts;
  const [f, g] = activations;
  const [gateBias, candidateBias] = biases ? blocks(parts, biases.recurrent) : [];
  const [ownGates, ownCandidate] = biases ? blocks(parts, biases.input) : [];
  const inputBias = gateBias && [write.op('Add', [ownGates, gateBias]), ownCandidate];
  return {
    inputBias: inputBias && write.op('Concat', inputBias, { axis: 0 }),
    step: (projected, [h]: CellState) => {
      const [gates, own] = blocks(parts, projected);
      const [ofGates, ofCandidate] = h ? blocks(parts, write.op('MatMul', [recurrence, h])) : [];
      const sum = ofGates ? write.op('Add', [gates, ofGates]) : gates;
      const [z, r] = halves(parts, f(write, parts.clip(sum)));
      const reset =
        ofCandidate && candidateBias
          ? write.op('Add', [ofCandidate, candidateBias])
          : (ofCandidate ?? candidateBias);
      const candidate = reset ? write.op('Add', [own, write.op('Mul', [r, reset])]) : own;
      return [mix(parts, z, g(write, parts.clip(candidate)), h)];
    },
  };
}

/** h̃ + z·(H − h̃) */
function mix({ write }: CellParts, z: Value, candidate: Value, h: Value | undefined): Value {
  const rest = h ? write.op('Sub', [h, candidate]) : write.op('Neg', [candidate]);
  return write.op('Add', [candidate, write.op('Mul', [z, rest])]);
}

/** Rows of the gates z and r, and those of the candidate. */
function blocks({ write, hidden }: CellParts, value: Value): Value[] {
  return write.ops('Split', [value, write.ints([2 * hidden, hidden])], 2, { axis: 0 });
}

function halves({ write, hidden }: CellParts, value: Value): Value[] {
  return write.ops('Split', [value, write.ints([hidden, hidden])], 2, { axis: 0 });
}
