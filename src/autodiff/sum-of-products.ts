import type { Node } from '../onnx/ir/node.ts';
import type { Value } from '../onnx/ir/value.ts';
import type { GraphWriter } from '../ops/graph-writer.ts';

/**
 * Σ Aᵢ · Bᵢ as one product [A₁ A₂ …] · [B₁; B₂; …]: what a matrix that is read many times (in each step of a recurrence) gets
 * as its gradient. One product over all steps takes a fraction of the time of many small ones and their sum.
 * @param parts matrices that gradient rules made; rules never multiply vectors
 * @param isKept whether a value is wanted elsewhere though no node reads it yet
 * @returns undefined where not all of them are products for this sum alone
 */
export function sumOfProducts(
  write: GraphWriter,
  parts: readonly Value[],
  isKept: (value: Value) => boolean,
): Value | undefined {
  if (parts.some((value) => value.isUsed || isKept(value))) return undefined;
  // Gradients arrive from the last reader to the first. In the readers' order the engine finds more to share.
  const products = parts.map(({ producer }) => producer).reverse();
  const left = products.flatMap((node) => factorOf(node, 0));
  const right = products.flatMap((node) => factorOf(node, 1));
  if (left.length < parts.length || right.length < parts.length) return undefined;
  const total = write.op('MatMul', [joined(write, left, 1), joined(write, right, 0)]);
  for (const value of [...parts, ...left, ...right]) if (!isKept(value)) removeUnread(value);
  return total;
}

function factorOf(node: Node | undefined, index: number): Value[] {
  const value = node?.opType === 'MatMul' ? node.inputs[index] : undefined;
  return value ? [value] : [];
}

/** Side by side along an axis; what is transposed is joined before that. */
function joined(write: GraphWriter, matrices: readonly Value[], axis: 0 | 1): Value {
  const turned = matrices.map(({ producer }) =>
    producer?.opType === 'Transpose' ? producer.inputs[0] : undefined,
  );
  const sources = turned.filter((value) => value !== undefined);
  if (sources.length < matrices.length) return write.op('Concat', matrices, { axis });
  return write.transpose(write.op('Concat', sources, { axis: 1 - axis }), [1, 0]);
}

/** The engine would compute it all the same. Only what was made for the product. */
function removeUnread(value: Value): void {
  const { producer } = value;
  const isOwn = producer?.opType === 'MatMul' || producer?.opType === 'Transpose';
  if (isOwn && producer.graph && !value.isUsed) producer.graph.remove(producer);
}
