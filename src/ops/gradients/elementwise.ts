import type { Value } from '../../onnx/ir/value.ts';
import type { GradientContext, GradientRule, GradientRules } from '../gradient.ts';

/** dL/dx = dL/dy · factor(x, y). */
function pointwise(factor: (context: GradientContext, x: Value, y: Value) => Value): GradientRule {
  return (context) => {
    const slope = factor(context, context.input(0), context.node.output);
    return [context.write.op('Mul', [context.gradient(0)!, slope])];
  };
}

/** Of operators with broadcasting: each wanted operand's share, computed in the output's shape, is summed to its own. */
function broadcasting(share: (context: GradientContext, dy: Value, operand: number) => Value): GradientRule {
  return (context) => {
    const shape = context.outputShape(0);
    return context.node.inputs.map((_, i) =>
      context.wants(i)
        ? context.write.sumTo(share(context, context.gradient(0)!, i), shape, context.inputShape(i))
        : undefined,
    );
  };
}

/** Min and Max: the gradient is split evenly among the operands that tie. */
const extremum: GradientRule = (context) => {
  const { write, node } = context;
  const hits = node.inputs.map((_, i) =>
    write.cast(write.op('Equal', [context.input(i), node.output]), 'float'),
  );
  const shares = write.op('Div', [context.gradient(0)!, hits.length === 1 ? hits[0] : write.op('Sum', hits)]);
  return node.inputs.map((_, i) =>
    context.wants(i)
      ? write.sumTo(write.op('Mul', [shares, hits[i]]), context.outputShape(0), context.inputShape(i))
      : undefined,
  );
};

/** A gradient that is 0 wherever it exists (Floor, Sign …) would stop training; these pass it on unchanged instead. */
const straightThrough: GradientRule = (context) => [context.gradient(0)];

/** 1 / √(1 + s·x²), the slope of Asin (s = −1) and Asinh (s = 1), and its negative. */
function inverseRoot({ write }: GradientContext, x: Value, sign: 1 | -1, offset: 1 | -1 = 1): Value {
  const square = write.op('Mul', [x, x]);
  const inside =
    sign === 1
      ? write.op('Add', [square, write.scalar(offset)])
      : write.op('Sub', [write.scalar(offset), square]);
  return write.op('Reciprocal', [write.op('Sqrt', [inside])]);
}

/** 1 ± x². */
function onePlusSquare({ write }: GradientContext, x: Value, sign: 1 | -1): Value {
  return write.op(sign === 1 ? 'Add' : 'Sub', [write.scalar(1), write.op('Mul', [x, x])]);
}

const shareOfPow = (context: GradientContext, dy: Value, operand: number): Value => {
  const { write, node } = context;
  // Exponents may be integers.
  const [base, exponent] = [context.input(0), write.cast(context.input(1), 'float')];
  if (operand === 0) {
    const lower = write.op('Pow', [base, write.op('Sub', [exponent, write.scalar(1)])]);
    return write.op('Mul', [dy, write.op('Mul', [exponent, lower])]);
  }
  // d(bᵉ)/de = bᵉ · ln b, taken as 0 where b is not positive.
  const isPositive = write.op('Greater', [base, write.scalar(0)]);
  const log = write.op('Log', [write.op('Where', [isPositive, base, write.scalar(1)])]);
  return write.op('Mul', [dy, write.op('Mul', [node.output, log])]);
};

export const elementwiseGradients: GradientRules = {
  Add: broadcasting((_, dy) => dy),
  Sum: broadcasting((_, dy) => dy),
  Sub: broadcasting(({ write }, dy, operand) => (operand === 0 ? dy : write.op('Neg', [dy]))),
  Mul: broadcasting((context, dy, operand) => context.write.op('Mul', [dy, context.input(1 - operand)])),
  Div: broadcasting((context, dy, operand) => {
    const { write, node } = context;
    const share = write.op('Div', [dy, context.input(1)]);
    return operand === 0 ? share : write.op('Neg', [write.op('Mul', [share, node.output])]);
  }),
  Mean: broadcasting(({ write, node }, dy) => write.op('Mul', [dy, write.scalar(1 / node.inputs.length)])),
  Pow: broadcasting(shareOfPow),
  Min: extremum,
  Max: extremum,
  Neg: ({ write, gradient }) => [write.op('Neg', [gradient(0)!])],
  Abs: pointwise(({ write }, x) => write.op('Sign', [x])),
  Exp: pointwise((_, __, y) => y),
  Log: (context) => [context.write.op('Div', [context.gradient(0)!, context.input(0)])],
  Sqrt: pointwise(({ write }, _, y) => write.op('Div', [write.scalar(0.5), y])),
  Reciprocal: pointwise(({ write }, _, y) => write.op('Neg', [write.op('Mul', [y, y])])),
  // 2/√π · exp(−x²)
  Erf: pointwise(({ write }, x) => {
    const bell = write.op('Exp', [write.op('Neg', [write.op('Mul', [x, x])])]);
    return write.op('Mul', [bell, write.scalar(2 / Math.sqrt(Math.PI))]);
  }),
  Sin: pointwise(({ write }, x) => write.op('Cos', [x])),
  Cos: pointwise(({ write }, x) => write.op('Neg', [write.op('Sin', [x])])),
  Tan: pointwise((context, _, y) => onePlusSquare(context, y, 1)),
  Asin: pointwise((context, x) => inverseRoot(context, x, -1)),
  Acos: pointwise((context, x) => context.write.op('Neg', [inverseRoot(context, x, -1)])),
  Atan: pointwise((context, x) => context.write.op('Reciprocal', [onePlusSquare(context, x, 1)])),
  Sinh: pointwise(({ write }, x) => write.op('Cosh', [x])),
  Cosh: pointwise(({ write }, x) => write.op('Sinh', [x])),
  Asinh: pointwise((context, x) => inverseRoot(context, x, 1)),
  Acosh: pointwise((context, x) => inverseRoot(context, x, 1, -1)),
  Atanh: pointwise((context, x) => context.write.op('Reciprocal', [onePlusSquare(context, x, -1)])),
  Floor: straightThrough,
  Ceil: straightThrough,
  Round: straightThrough,
  Sign: straightThrough,
  Identity: straightThrough,
};
