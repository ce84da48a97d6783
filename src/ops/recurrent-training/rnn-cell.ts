import type { Cell } from './cell.ts';

/** H = f(W·x + R·H + b) */
export const rnnCell: Cell = {
  gates: 1,
  states: 1,
  activations: ['Tanh'],
  write({ write, biases, recurrence, activations, clip }) {
    return {
      inputBias: biases && write.op('Add', [biases.input, biases.recurrent]),
      step: (projected, [h]) => {
        const sum = h ? write.op('Add', [projected, write.op('MatMul', [recurrence, h])]) : projected;
        return [activations[0](write, clip(sum))];
      },
    };
  },
};
