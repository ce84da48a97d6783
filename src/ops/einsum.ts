import type { Dimension, Shape } from '../onnx/ir/type.ts';
import { type AxisLink, type AxisMap, type AxisPlace, inputAxis, outputAxis } from './axis-map.ts';
import type { AxesContext, CostContext, InferenceContext, Op } from './op.ts';

/** Labels by axis of each operand and of the result; undefined where an ellipsis or a bad equation hides them. */
function labelsOf(equation: string | undefined): { operands: string[]; result: string } | undefined {
  const [left, right] = (equation ?? '').replaceAll(/\s/g, '').split('->');
  if (!left || left.includes('.') || right?.includes('.')) return undefined;
  const operands = left.split(',');
  const counts = new Map<string, number>();
  for (const label of operands.join('')) counts.set(label, (counts.get(label) ?? 0) + 1);
  // Without an arrow the labels that occur once, in alphabetical order.
  const once = [...counts].filter(([, count]) => count === 1).map(([label]) => label);
  return { operands, result: right ?? once.sort().join('') };
}

function infer({ node, type }: InferenceContext) {
  const first = type(0);
  const labels = labelsOf(node.string('equation'));
  const shapes = node.inputs.map((_, i) => type(i)?.shape);
  if (!first || !labels || shapes.some((shape) => !shape)) return [first && { ...first, shape: undefined }];
  const lengths = lengthsOf(labels.operands, shapes);
  return [{ ...first, shape: [...labels.result].map((label) => lengths.get(label) ?? null) }];
}

function lengthsOf(operands: readonly string[], shapes: readonly (Shape | undefined)[]) {
  const lengths = new Map<string, Dimension>();
  for (const [i, operand] of operands.entries()) {
    for (const [axis, label] of [...operand].entries()) {
      const length = shapes[i]?.[axis] ?? null;
      const known = lengths.get(label);
      if (known === undefined || known === null || known === 1) lengths.set(label, length);
    }
  }
  return lengths;
}

function axes({ node }: AxesContext): AxisMap | undefined {
  const labels = labelsOf(node.string('equation'));
  if (!labels) return undefined;
  return [...new Set(labels.operands.join(''))].map((label): AxisLink => {
    const places: AxisPlace[] = labels.operands.flatMap((operand, index) =>
      [...operand].flatMap((own, axis) => (own === label ? [inputAxis(index, axis)] : [])),
    );
    const axis = labels.result.indexOf(label);
    return axis < 0
      ? { kind: 'reduced', places, isSum: true }
      : { kind: 'same', places: [...places, outputAxis(0, axis)] };
  });
}

/** As one loop over all labels. */
function macs({ node, inputShape }: CostContext): number {
  const labels = labelsOf(node.string('equation'));
  if (!labels) return 0;
  const shapes = node.inputs.map((_, i) => inputShape(i));
  let product = 1;
  for (const length of lengthsOf(labels.operands, shapes).values())
    product *= typeof length === 'number' ? length : 1;
  return product;
}

export const einsumOps: readonly Op[] = [
  {
    type: 'Einsum',
    domain: '',
    infer,
    axes,
    weights: (node) => node.inputs.map((_, input) => ({ input, ownAxes: [] })),
    macs,
  },
];
