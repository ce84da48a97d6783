import type { Node } from '../onnx/ir/node.ts';
import type { Shape } from '../onnx/ir/type.ts';
import { elementCount } from '../tensor/element-count.ts';
import { broadcast } from './broadcast.ts';
import type { InferenceContext, Op } from './op.ts';

function inferGemm({ node, type }: InferenceContext) {
  const a = type(0);
  const b = type(1);
  if (a?.shape?.length !== 2 || b?.shape?.length !== 2) return [];
  const rows = a.shape[node.int('transA') ? 1 : 0];
  const columns = b.shape[node.int('transB') ? 0 : 1];
  return [{ ...a, shape: [rows, columns] }];
}

function inferMatMul({ type }: InferenceContext) {
  const a = type(0);
  const b = type(1);
  if (!a?.shape || !b?.shape || a.shape.length === 0 || b.shape.length === 0) return [];
  // A vector on the left is a row, on the right a column; the added axis does not appear in the result.
  const left: Shape = a.shape.length === 1 ? [1, ...a.shape] : a.shape;
  const right: Shape = b.shape.length === 1 ? [...b.shape, 1] : b.shape;
  const batch = broadcast([left.slice(0, -2), right.slice(0, -2)]);
  if (!batch) return [];
  const rows = a.shape.length === 1 ? [] : [left[left.length - 2]];
  const columns = b.shape.length === 1 ? [] : [right[right.length - 1]];
  return [{ ...a, shape: [...batch, ...rows, ...columns] }];
}

export const matrixProductOps: readonly Op[] = [
  {
    type: 'Gemm',
    domain: '',
    infer: inferGemm,
    role: { kind: 'weighted', weight: 1, bias: 2, channelAxis: (node: Node) => (node.int('transB') ? 0 : 1) },
    macs({ node, inputShape, outputShape }) {
      const a = inputShape(0);
      const output = outputShape(0);
      return a && output ? elementCount(output) * a[node.int('transA') ? 0 : 1] : 0;
    },
    upgrades: {
      // Since 7 C broadcasts by itself.
      7: ({ node }) => {
        node.attributes.delete('broadcast');
      },
    },
  },
  {
    type: 'MatMul',
    domain: '',
    infer: inferMatMul,
    role: {
      kind: 'weighted',
      weight: 1,
      channelAxis: (node) => rankOf(node.inputs[1]?.initializer?.shape) - 1,
    },
    macs({ inputShape, outputShape }) {
      const a = inputShape(0);
      const output = outputShape(0);
      return a && output ? elementCount(output) * a[a.length - 1] : 0;
    },
  },
];

function rankOf(shape: readonly number[] | undefined): number {
  return shape?.length ?? 0;
}
