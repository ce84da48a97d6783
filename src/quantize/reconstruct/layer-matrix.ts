import type { Node } from '../../onnx/ir/node.ts';
import type { WeightSite } from '../weights/weight-sites.ts';

/** A weight as matrices that multiply the inputs of a layer, one a group of channels. */
export interface LayerMatrix {
  readonly layer: Node;
  /** Groups of channels, each with inputs of its own. */
  readonly groups: number;
  /** Outputs of a group. */
  readonly rows: number;
  /** Inputs that each of them sums over. */
  readonly depth: number;
  /** Place in the weight of an input of a row, rows of all groups counted on. */
  place(row: number, input: number): number;
}

/** Undefined where the weight is used in several places, or otherwise than Conv, Gemm and MatMul do. */
export function layerMatrix({ source: { shape }, readers }: WeightSite): LayerMatrix | undefined {
  const [{ node, role }, ...others] = readers;
  if (others.length > 0) return undefined;
  if (node.domain === '' && node.opType === 'Conv') {
    const groups = node.int('group') ?? 1;
    const depth = shape.slice(1).reduce((product, n) => product * n, 1);
    const place = (row: number, input: number) => row * depth + input;
    return { layer: node, groups, rows: shape[0] / groups, depth, place };
  }
  if (!role.product || shape.length !== 2 || (node.int('transA') ?? 0) !== 0) return undefined;
  const [rows, depth] = role.product.isTransposed ? shape : [shape[1], shape[0]];
  const place = role.product.isTransposed
    ? (row: number, input: number) => row * depth + input
    : (row: number, input: number) => input * rows + row;
  return { layer: node, groups: 1, rows, depth, place };
}
