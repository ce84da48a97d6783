import type { Value } from '../../onnx/ir/value.ts';
import type { Cell, CellParts, CellState } from './cell.ts';
import { lstmOfSigmoids } from './lstm-of-sigmoids.ts';

/** Gates i, o, f, c: C = f·C + i·g(c), H = o·h(C). */
export const lstmCell: Cell = {
  gates: 4,
  states: 2,
  activations: ['Sigmoid', 'Tanh', 'Tanh'],
  write(parts) {
    const { write, biases } = parts;
    const isCoupled = parts.node.int('input_forget') === 1;
    if (parts.isPlain && !isCoupled && !parts.peepholes) return lstmOfSigmoids(parts);
    return {
      inputBias: biases && write.op('Add', [biases.input, biases.recurrent]),
      step: (projected, state) => step(parts, projected, state),
    };
  },
};

function step(parts: CellParts, projected: Value, [h, c]: CellState): readonly Value[] {
  const { write, recurrence, activations } = parts;
  const z = h ? write.op('Add', [projected, write.op('MatMul', [recurrence, h])]) : projected;
  const { i, f, g, outputGate } = gatesOf(parts, z, c);
  const added = write.op('Mul', [i, g]);
  const cell = c ? write.op('Add', [write.op('Mul', [f, c]), added]) : added;
  return [write.op('Mul', [outputGate(cell), activations[2](write, cell)]), cell];
}

interface Gates {
  readonly i: Value;
  readonly f: Value;
  readonly g: Value;
  /** The output gate may look at the new state. */
  readonly outputGate: (cell: Value) => Value;
}

function gatesOf(parts: CellParts, z: Value, c: Value | undefined): Gates {
  const { node, write, activations, peepholes } = parts;
  const [f, g] = activations;
  const isCoupled = node.int('input_forget') === 1;
  const forget = (input: Value, own: () => Value) =>
    isCoupled ? write.op('Sub', [write.scalar(1), input]) : own();
  if (!peepholes) {
    const [blocks, candidate] = splitRows(parts, parts.clip(z), [3, 1]);
    const [i, o, own] = splitRows(parts, f(write, blocks), [1, 1, 1]);
    return { i, f: forget(i, () => own), g: g(write, candidate), outputGate: () => o };
  }
  const [zi, zo, zf, zc] = splitRows(parts, z, [1, 1, 1, 1]);
  const gate = (own: Value, at: number, cell: Value | undefined) => {
    const seen = cell ? write.op('Add', [own, write.op('Mul', [peepholes[at], cell])]) : own;
    return f(write, parts.clip(seen));
  };
  const i = gate(zi, 0, c);
  return {
    i,
    f: forget(i, () => gate(zf, 2, c)),
    g: g(write, parts.clip(zc)),
    outputGate: (cell) => gate(zo, 1, cell),
  };
}

/** Parts of `counts[i]` gates. */
function splitRows({ write, hidden }: CellParts, value: Value, counts: readonly number[]): Value[] {
  const lengths = write.ints(counts.map((count) => count * hidden));
  return write.ops('Split', [value, lengths], counts.length, { axis: 0 });
}
