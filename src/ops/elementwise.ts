import type { Dimension } from '../onnx/ir/type.ts';
import { axesOfElementwise } from './axes-of-elementwise.ts';
import { qlinear } from './codes-forms.ts';
import { inferBroadcast } from './infer-broadcast.ts';
import type { ElementRule, Op, QuantizationRole } from './op.ts';
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
  return ({ node, dims }) => {
    const [a, b] = [dims(0), dims(1)];
    if (!a || !b || node.inputs.length !== 2) return undefined;
    if (a.length !== b.length && a.length !== 1 && b.length !== 1) return undefined;
    const length = a.length === 0 || b.length === 0 ? 0 : Math.max(a.length, b.length);
    return Array.from({ length }, (_, i) => combine(a[i % a.length], b[i % b.length]));
  };
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
  unary('Neg'),
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
