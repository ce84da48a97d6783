import type { Value } from '../../onnx/ir/value.ts';
import type { GradientContext, GradientRule, GradientRules } from '../gradient.ts';

/** The last two axes exchanged. */
function transposed({ write }: GradientContext, value: Value, rank: number): Value {
  const perm = Array.from({ length: rank }, (_, axis) => axis);
  [perm[rank - 2], perm[rank - 1]] = [perm[rank - 1], perm[rank - 2]];
  return write.transpose(value, perm);
}

/**
 * Y = A · B in NumPy's sense: dA = dY · Bᵀ, dB = Aᵀ · dY, summed over batch axes that were broadcast. Vectors are taken as
 * matrices of one row or column.
 */
const matMul: GradientRule = (context) => {
  const { write } = context;
  const [shapeA, shapeB] = [context.inputShape(0), context.inputShape(1)];
  const a2 = shapeA.length === 1 ? [1, shapeA[0]] : shapeA;
  const b2 = shapeB.length === 1 ? [shapeB[0], 1] : shapeB;
  const batch = broadcastBatch(a2.slice(0, -2), b2.slice(0, -2));
  const [m, k, n] = [a2.at(-2)!, a2.at(-1)!, b2.at(-1)!];
  const isVector = shapeA.length === 1 || shapeB.length === 1;
  const dy = isVector ? write.reshape(context.gradient(0)!, [...batch, m, n]) : context.gradient(0)!;
  const back = (value: Value, from: readonly number[], to: readonly number[], own: readonly number[]) => {
    const summed = write.sumTo(value, from, to);
    return own.length === 1 ? write.reshape(summed, own) : summed;
  };
  const asMatrix = (index: number, shape: readonly number[], own: readonly number[]) =>
    own.length === 1 ? write.reshape(context.input(index), shape) : context.input(index);
  const gradientA = (): Value => {
    const product = write.op('MatMul', [dy, transposed(context, asMatrix(1, b2, shapeB), b2.length)]);
    return back(product, [...batch, m, k], a2, shapeA);
  };
  const gradientB = (): Value => {
    // A shared right factor: one product over all rows instead of one a batch and a sum.
    if (b2.length === 2 && a2.length > 2) {
      const rows = write.reshape(context.input(0), [-1, k]);
      const product = write.op('MatMul', [transposed(context, rows, 2), write.reshape(dy, [-1, n])]);
      return shapeB.length === 1 ? write.reshape(product, shapeB) : product;
    }
    const product = write.op('MatMul', [transposed(context, asMatrix(0, a2, shapeA), a2.length), dy]);
    return back(product, [...batch, k, n], b2, shapeB);
  };
  return [context.wants(0) ? gradientA() : undefined, context.wants(1) ? gradientB() : undefined];
};

function broadcastBatch(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [x, y] = [a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1];
    return x === 1 ? y : x;
  });
}

/** Y = α·A′·B′ + β·C, where ′ is the transposition transA and transB ask for. */
const gemm: GradientRule = (context) => {
  const { node, write, wants } = context;
  const [transA, transB] = [node.int('transA') ?? 0, node.int('transB') ?? 0];
  const dy = context.gradient(0)!;
  const alpha = node.float('alpha') ?? 1;
  const scale = (value: Value, by: number) => (by === 1 ? value : write.op('Mul', [value, write.scalar(by)]));
  const product = (x: Value, y: Value, flipX: number, flipY: number): Value => {
    const left = flipX ? write.transpose(x, [1, 0]) : x;
    return scale(write.op('MatMul', [left, flipY ? write.transpose(y, [1, 0]) : y]), alpha);
  };
  const [a, b] = [context.input(0), context.input(1)];
  return [
    wants(0) ? (transA ? product(b, dy, transB, 1) : product(dy, b, 0, 1 - transB)) : undefined,
    wants(1) ? (transB ? product(dy, a, 1, transA) : product(a, dy, 1 - transA, 0)) : undefined,
    wants(2)
      ? scale(write.sumTo(dy, context.outputShape(0), context.inputShape(2)), node.float('beta') ?? 1)
      : undefined,
  ];
};

export const matrixProductGradients: GradientRules = { MatMul: matMul, Gemm: gemm };
