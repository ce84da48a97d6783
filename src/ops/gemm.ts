import type { Node } from '../onnx/ir/node.ts';
import type { Shape } from '../onnx/ir/type.ts';
import { elementCount } from '../tensor/element-count.ts';
import { type AxisMap, inputAxis, outputAxis } from './axis-map.ts';
import type { AxesContext, CostContext } from './op.ts';

/** [rows, columns] of A·B with `transA`, `transB`; undefined where a rank is unknown. */
export function shapeOfGemm(node: Node, a: Shape | undefined, b: Shape | undefined): Shape | undefined {
  if (a?.length !== 2 || b?.length !== 2) return undefined;
  return [a[node.int('transA') ? 1 : 0], b[node.int('transB') ? 0 : 1]];
}

/** Axis rule of A·B + C; `b` and `c` say which inputs they are, `columns` which others hold one number a column. */
export function axesOfGemm(
  { node, inputShape }: AxesContext,
  { b = 1, c = 2, columns = [] }: { b?: number; c?: number; columns?: readonly number[] } = {},
): AxisMap {
  const [rowAxis, innerAxis] = node.int('transA') ? [1, 0] : [0, 1];
  const [columnAxis, innerOfB] = node.int('transB') ? [0, 1] : [1, 0];
  const bias = inputShape(c) ?? [];
  const biasColumns = bias.length > 0 && bias.at(-1) !== 1 ? [inputAxis(c, bias.length - 1)] : [];
  const biasRows = bias.length === 2 && bias[0] !== 1 ? [inputAxis(c, 0)] : [];
  const others = columns.filter((i) => inputShape(i)?.length === 1 && inputShape(i)?.[0] !== 1);
  return [
    { kind: 'reduced', places: [inputAxis(0, innerAxis), inputAxis(b, innerOfB)], isSum: true },
    { kind: 'same', places: [inputAxis(0, rowAxis), ...biasRows, outputAxis(0, 0)] },
    {
      kind: 'same',
      places: [
        inputAxis(b, columnAxis),
        ...biasColumns,
        ...others.map((i) => inputAxis(i, 0)),
        outputAxis(0, 1),
      ],
    },
  ];
}

export function macsOfGemm({ node, inputShape, outputShape }: CostContext): number {
  const a = inputShape(0);
  const output = outputShape(0);
  return a && output ? elementCount(output) * a[node.int('transA') ? 0 : 1] : 0;
}
