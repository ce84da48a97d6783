import type { Dimension } from '../onnx/ir/type.ts';
import { axesOfElementwise } from './axes-of-elementwise.ts';
import { qlinear } from './codes-forms.ts';
import { combineElements } from './combine-elements.ts';
import { inferBroadcast } from './infer-broadcast.ts';
import { isInteger } from './is-integer.ts';
import type { ElementRule, InferenceContext, Op, QuantizationRole } from './op.ts';
import { unary } from './unary.ts';

interface BinaryFacts {
  readonly role?: QuantizationRole;
  readonly onCodes?: Op['onCodes'];
  /** The operator on two integers, for shape arithmetic; undefined where the result is none. */
  readonly integers?: (a: number, b: number) => number | undefined;
  /** b for which a stays a, so that symbols pass through; `isCommutative` says that a for which b stays b works too. */
  readonly neutral?: number;
  readonly isCommutative?: boolean;
}

function binary(type: string, { role, onCodes, ...facts }: BinaryFacts = {}): Op {
  const record: Op = { type, domain: '', infer: inferBroadcast, axes: axesOfElementwise };
  return {
    ...record,
    ...(role && { role }),
    ...(onCodes && { onCodes }),
    ...(facts.integers && { elements: elementRule(facts) }),
  };
}

function elementRule({
  integers,
  neutral,
  isCommutative = false,
}: Omit<BinaryFacts, 'role' | 'onCodes'>): ElementRule {
  const combine = (a: Dimension, b: Dimension): Dimension => {
    if (typeof a === 'number' && typeof b === 'number') return integers?.(a, b) ?? null;
    if (b === neutral) return a;
    return isCommutative && a === neutral ? b : null;
  };
  return combineElements(combine);
}

/** Of integers only. */
function negatedElements({ dims, type }: InferenceContext): readonly Dimension[] | undefined {
  if (!isInteger(type(0)?.dtype)) return undefined;
  return dims(0)?.map((n) => (typeof n === 'number' ? -n : null));
}

export const elementwiseOps: readonly Op[] = [
  binary('Add', {
    role: { kind: 'computed' },
    onCodes: qlinear('QLinearAdd'),
    integers: (a, b) => a + b,
    neutral: 0,
    isCommutative: true,
  }),
  binary('Mul', {
    role: { kind: 'computed' },
    onCodes: qlinear('QLinearMul'),
    integers: (a, b) => a * b,
    neutral: 1,
    isCommutative: true,
  }),
  binary('Sub', { integers: (a, b) => a - b, neutral: 0 }),
  // Division of integers cuts towards zero.
  binary('Div', { integers: (a, b) => (b === 0 ? undefined : Math.trunc(a / b)), neutral: 1 }),
  binary('Pow'),
  binary('Min', { integers: Math.min }),
  binary('Max', { integers: Math.max }),
  binary('Sum'),
  binary('Mean'),
  binary('Mod'),
  unary('Exp'),
  unary('Log'),
  unary('Sqrt'),
  { ...unary('Neg'), elements: negatedElements },
  unary('Abs'),
  unary('Floor'),
  unary('Ceil'),
  unary('Round'),
  unary('Reciprocal'),
  unary('Sign'),
  unary('Erf'),
  ...['Sin', 'Cos', 'Tan', 'Asin', 'Acos', 'Atan', 'Sinh', 'Cosh', 'Asinh', 'Acosh', 'Atanh'].map((type) =>
    unary(type),
  ),
];
