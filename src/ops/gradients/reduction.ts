import type { Value } from '../../onnx/ir/value.ts';
import type { GradientContext, GradientRule, GradientRules } from '../gradient.ts';
import { normalizeAxis } from '../normalize-axis.ts';

/** A reduction with everything in shapes that broadcast: y and dy keep the reduced axes with length 1. */
interface Reduction {
  readonly context: GradientContext;
  readonly x: Value;
  readonly y: Value;
  readonly dy: Value;
  readonly axes: readonly number[];
  /** Elements that make one output element. */
  readonly count: number;
}

function reduction(share: (reduction: Reduction) => Value): GradientRule {
  return (context) => {
    const { write, node } = context;
    const shape = context.inputShape(0);
    const axes = reducedAxes(context, shape.length);
    if (axes.length === 0) return [context.gradient(0)];
    const kept = shape.map((n, axis) => (axes.includes(axis) ? 1 : n));
    const isKept = (node.int('keepdims') ?? 1) === 1;
    const keep = (value: Value) => (isKept ? value : write.reshape(value, kept));
    const count = axes.reduce((product, axis) => product * shape[axis], 1);
    const parts = { context, x: context.input(0), y: keep(node.output), dy: keep(context.gradient(0)!) };
    return [share({ ...parts, axes, count })];
  };
}

/** Axes are input 1 since operator set 13 (ReduceSum) and 18, an attribute before. */
function reducedAxes({ node, integers }: GradientContext, rank: number): number[] {
  const given = (node.inputs[1] ? integers(1) : undefined) ?? node.ints('axes') ?? [];
  if (given.length > 0) return given.map((axis) => normalizeAxis(axis, rank));
  return node.int('noop_with_empty_axes') ? [] : Array.from({ length: rank }, (_, axis) => axis);
}

function spread({ context }: Reduction, value: Value): Value {
  return context.write.op('Expand', [value, context.write.ints(context.inputShape(0))]);
}

/** Whoever ties for the extreme shares its gradient evenly. */
function extremum({ context: { write }, x, y, dy, axes }: Reduction): Value {
  const hits = write.cast(write.op('Equal', [x, y]), 'float');
  return write.op('Mul', [hits, write.op('Div', [dy, write.sum(hits, axes)])]);
}

/** dy · Π of the others; groups with zeros are told apart, for y / x would be 0 / 0 there. */
function product({ context: { write }, x, dy, axes }: Reduction): Value {
  const isZero = write.op('Equal', [x, write.scalar(0)]);
  const filled = write.op('Where', [isZero, write.scalar(1), x]);
  const rest = write.op('ReduceProd', [filled, write.ints(axes)], { keepdims: 1 });
  const zeros = write.sum(write.cast(isZero, 'float'), axes);
  const when = (count: number) => write.cast(write.op('Equal', [zeros, write.scalar(count)]), 'float');
  const ofZeros = write.op('Mul', [rest, when(1)]);
  const ofOthers = write.op('Div', [write.op('Mul', [rest, when(0)]), filled]);
  return write.op('Mul', [dy, write.op('Where', [isZero, ofZeros, ofOthers])]);
}

export const reductionGradients: GradientRules = {
  ReduceSum: reduction((r) => spread(r, r.dy)),
  ReduceMean: reduction((r) =>
    spread(r, r.context.write.op('Mul', [r.dy, r.context.write.scalar(1 / r.count)])),
  ),
  ReduceMax: reduction(extremum),
  ReduceMin: reduction(extremum),
  ReduceProd: reduction(product),
  ReduceL1: reduction(({ context: { write }, x, dy }) => write.op('Mul', [dy, write.op('Sign', [x])])),
  ReduceL2: reduction(({ context: { write }, x, y, dy }) =>
    write.op('Mul', [x, write.op('Div', [dy, write.op('Max', [y, write.scalar(1e-30)])])]),
  ),
  ReduceSumSquare: reduction(({ context: { write }, x, dy }) =>
    write.op('Mul', [x, write.op('Mul', [dy, write.scalar(2)])]),
  ),
  // y = ln Σx, so 1 / Σx = e⁻ʸ.
  ReduceLogSum: reduction((r) => {
    const { write } = r.context;
    return spread(r, write.op('Mul', [r.dy, write.op('Exp', [write.op('Neg', [r.y])])]));
  }),
  ReduceLogSumExp: reduction(({ context: { write }, x, y, dy }) =>
    write.op('Mul', [dy, write.op('Exp', [write.op('Sub', [x, y])])]),
  ),
};
