import type { Value } from '../../onnx/ir/value.ts';
import type { GradientContext, GradientRule, GradientRules } from '../gradient.ts';
import type { GraphWriter } from '../graph-writer.ts';
import { clip } from './clip.ts';
import { step } from './step.ts';

/** 1 where x > 0, else 0. */
function isPositive(write: GraphWriter, x: Value): Value {
  return step(write, x, 0, 1);
}

/** dx = dy · slope(x, y) */
function scaled(slope: (context: GradientContext, x: Value, y: Value) => Value): GradientRule {
  return (context) => [
    context.write.op('Mul', [context.gradient(0)!, slope(context, context.input(0), context.node.output)]),
  ];
}

/** a + (b − a)·mask for numbers a and b. */
function choose(write: GraphWriter, mask: Value, whenPositive: number, otherwise: number): Value {
  const spread = write.op('Mul', [mask, write.scalar(whenPositive - otherwise)]);
  return otherwise === 0 ? spread : write.op('Add', [spread, write.scalar(otherwise)]);
}

/** Of y = x where x > 0, else α·(eˣᐟᵝ − 1) times gain: slope gain where x > 0, else y / β + gain·α / β. */
function exponentialUnit(
  { write }: GradientContext,
  x: Value,
  y: Value,
  { alpha, beta = 1, gain = 1 }: { alpha: number; beta?: number; gain?: number },
): Value {
  const tail = write.op('Mul', [write.op('Add', [y, write.scalar(gain * alpha)]), write.scalar(1 / beta)]);
  return write.op('Where', [write.op('Greater', [x, write.scalar(0)]), write.scalar(gain), tail]);
}

const prelu: GradientRule = (context) => {
  const { write, wants } = context;
  const [x, slope, dy] = [context.input(0), context.input(1), context.gradient(0)!];
  const positive = write.op('Greater', [x, write.scalar(0)]);
  const cut = wants(1) ? write.op('Mul', [dy, write.op('Min', [x, write.scalar(0)])]) : undefined;
  return [
    wants(0) ? write.op('Mul', [dy, write.op('Where', [positive, write.scalar(1), slope])]) : undefined,
    cut && write.sumTo(cut, context.outputShape(0), context.inputShape(1)),
  ];
};

/** σ·(1 + α·x·(1 − σ)), the slope of x·σ(α·x). */
function swishSlope(write: GraphWriter, x: Value, alpha: number): Value {
  const ax = alpha === 1 ? x : write.op('Mul', [x, write.scalar(alpha)]);
  const s = write.op('Sigmoid', [ax]);
  const inner = write.op('Mul', [ax, write.op('Sub', [write.scalar(1), s])]);
  return write.op('Mul', [s, write.op('Add', [inner, write.scalar(1)])]);
}

/** tanh(sp) + x·σ(x)·(1 − tanh²(sp)), sp = ln(1 + eˣ). */
function mishSlope(write: GraphWriter, x: Value): Value {
  const t = write.op('Tanh', [write.op('Softplus', [x])]);
  const rest = write.op('Sub', [write.scalar(1), write.op('Mul', [t, t])]);
  const bend = write.op('Mul', [write.op('Mul', [x, write.op('Sigmoid', [x])]), rest]);
  return write.op('Add', [t, bend]);
}

/** Φ(x) + x·φ(x), or the slope of the tanh form 0.5·x·(1 + tanh u), u = √(2/π)·(x + 0.044715·x³). */
function geluSlope({ write, node }: GradientContext, x: Value): Value {
  const square = write.op('Mul', [x, x]);
  const half = write.scalar(0.5);
  if (node.string('approximate') === 'tanh') {
    const c = Math.sqrt(2 / Math.PI);
    const inner = write.op('Add', [write.op('Mul', [square, write.scalar(0.044715)]), write.scalar(1)]);
    const t = write.op('Tanh', [write.op('Mul', [write.op('Mul', [x, inner]), write.scalar(c)])]);
    const du = write.op('Add', [write.op('Mul', [square, write.scalar(3 * 0.044715 * c)]), write.scalar(c)]);
    const bend = write.op('Mul', [write.op('Sub', [write.scalar(1), write.op('Mul', [t, t])]), du]);
    const sum = write.op('Sum', [write.scalar(1), t, write.op('Mul', [x, bend])]);
    return write.op('Mul', [sum, half]);
  }
  const erf = write.op('Erf', [write.op('Mul', [x, write.scalar(Math.SQRT1_2)])]);
  const cdf = write.op('Mul', [write.op('Add', [erf, write.scalar(1)]), half]);
  const bell = write.op('Exp', [write.op('Mul', [square, write.scalar(-0.5)])]);
  const density = write.op('Mul', [bell, write.scalar(1 / Math.sqrt(2 * Math.PI))]);
  return write.op('Add', [cdf, write.op('Mul', [x, density])]);
}

/** Slope α of a clipped line α·x + β between 0 and 1. */
function hardSigmoidSlope({ write }: GradientContext, y: Value, alpha: number): Value {
  const mask = write.op('Mul', [step(write, y, 0, 1), step(write, y, 1, -1)]);
  return write.op('Mul', [mask, write.scalar(alpha)]);
}

/** Of x·clip(x/6 + ½, 0, 1): 0 below −3, 1 above 3, x/3 + ½ between. */
function hardSwishSlope({ write }: GradientContext, x: Value): Value {
  const line = write.op('Add', [write.op('Mul', [x, write.scalar(1 / 3)]), write.scalar(0.5)]);
  const low = write.op('Where', [write.op('Less', [x, write.scalar(-3)]), write.scalar(0), line]);
  return write.op('Where', [write.op('Greater', [x, write.scalar(3)]), write.scalar(1), low]);
}

export const activationGradients: GradientRules = {
  Relu: scaled(({ write }, _, y) => isPositive(write, y)),
  LeakyRelu: scaled(({ write, node }, x) =>
    choose(write, isPositive(write, x), 1, node.float('alpha') ?? 0.01),
  ),
  ThresholdedRelu: scaled(({ write }, _, y) => isPositive(write, y)),
  PRelu: prelu,
  Clip: clip,
  Elu: scaled((context, x, y) => exponentialUnit(context, x, y, { alpha: context.node.float('alpha') ?? 1 })),
  Selu: scaled((context, x, y) => {
    const { node } = context;
    const alpha = node.float('alpha') ?? 1.6732632423543772;
    return exponentialUnit(context, x, y, { alpha, gain: node.float('gamma') ?? 1.0507009873554805 });
  }),
  Celu: scaled((context, x, y) => {
    const alpha = context.node.float('alpha') ?? 1;
    return exponentialUnit(context, x, y, { alpha, beta: alpha });
  }),
  // σ' = y·(1 − y), tanh' = 1 − y²
  Sigmoid: scaled(({ write }, _, y) => write.op('Mul', [y, write.op('Sub', [write.scalar(1), y])])),
  Tanh: scaled(({ write }, _, y) => write.op('Sub', [write.scalar(1), write.op('Mul', [y, y])])),
  HardSigmoid: scaled((context, _, y) => hardSigmoidSlope(context, y, context.node.float('alpha') ?? 0.2)),
  HardSwish: scaled(hardSwishSlope),
  Swish: scaled(({ write, node }, x) => swishSlope(write, x, node.float('alpha') ?? 1)),
  Mish: scaled(({ write }, x) => mishSlope(write, x)),
  Gelu: scaled(geluSlope),
  Softplus: scaled(({ write }, x) => write.op('Sigmoid', [x])),
  // 0 between −λ and λ
  Shrink: scaled(({ write, node }, x) => {
    const isKept = write.op('Greater', [write.op('Abs', [x]), write.scalar(node.float('lambd') ?? 0.5)]);
    return write.cast(isKept, 'float');
  }),
  // 1 / (1 + |x|)²
  Softsign: scaled(({ write }, x) => {
    const bottom = write.op('Add', [write.op('Abs', [x]), write.scalar(1)]);
    return write.op('Reciprocal', [write.op('Mul', [bottom, bottom])]);
  }),
};
