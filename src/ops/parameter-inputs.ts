import type { Node } from '../onnx/ir/node.ts';

/** Inputs that hold what is learned, by operator of the standard domain. */
const inputs: Readonly<Record<string, readonly number[]>> = {
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  Gemm: [1, 2],
  MatMul: [0, 1],
  Einsum: [0, 1],
  BatchNormalization: [1, 2],
  InstanceNormalization: [1, 2],
  GroupNormalization: [1, 2],
  LayerNormalization: [1, 2],
  RMSNormalization: [1],
  PRelu: [1],
  Gather: [0],
  LSTM: [1, 2, 3, 7],
  GRU: [1, 2, 3],
  RNN: [1, 2, 3],
};

/** Operators whose constant operand is learned where it is a vector: a bias or a scale a channel. */
const vectorOperators: ReadonlySet<string> = new Set(['Add', 'Mul']);

/** Which inputs of a node hold what is learned, if they are constants. */
export function parameterInputs(node: Node): readonly number[] {
  if (node.domain !== '') return [];
  if (!vectorOperators.has(node.opType)) return inputs[node.opType] ?? [];
  return [0, 1].filter((index) => {
    const shape = node.inputs[index]?.initializer?.shape;
    return shape !== undefined && shape.length >= 1 && shape.filter((n) => n > 1).length === 1;
  });
}
