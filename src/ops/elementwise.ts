import type { TensorType } from '../onnx/ir/type.ts';
import { broadcast } from './broadcast.ts';
import type { InferenceContext, Op, QuantizationRole } from './op.ts';
import { sameAsInput } from './same-as-input.ts';

function inferBroadcast({ node, type }: InferenceContext): (TensorType | undefined)[] {
  const types = node.inputs.map((_, index) => type(index));
  const first = types[0];
  return first ? [{ ...first, shape: broadcast(types.map((t) => t?.shape)) }] : [];
}

function binary(type: string, role?: QuantizationRole): Op {
  return role
    ? { type, domain: '', infer: inferBroadcast, role }
    : { type, domain: '', infer: inferBroadcast };
}

/** Comparisons and logic: broadcast like arithmetic, but give truth values. */
function predicate(type: string): Op {
  const infer = (context: InferenceContext) =>
    inferBroadcast(context).map((t) => t && { ...t, dtype: 'bool' as const });
  return { type, domain: '', infer };
}

/** Where(condition, x, y). */
function inferWhere({ type }: InferenceContext): (TensorType | undefined)[] {
  const chosen = type(1) ?? type(2);
  return chosen ? [{ ...chosen, shape: broadcast([0, 1, 2].map((i) => type(i)?.shape)) }] : [];
}

function unary(type: string): Op {
  return { type, domain: '', infer: sameAsInput };
}

export const elementwiseOps: readonly Op[] = [
  binary('Add', { kind: 'computed' }),
  binary('Mul', { kind: 'computed' }),
  binary('Sub'),
  binary('Div'),
  binary('Pow'),
  binary('Min'),
  binary('Max'),
  binary('Sum'),
  binary('Mod'),
  predicate('Equal'),
  predicate('Less'),
  predicate('LessOrEqual'),
  predicate('Greater'),
  predicate('GreaterOrEqual'),
  predicate('And'),
  predicate('Or'),
  predicate('Xor'),
  predicate('Not'),
  { type: 'Where', domain: '', infer: inferWhere },
  unary('Exp'),
  unary('Log'),
  unary('Sqrt'),
  unary('Neg'),
  unary('Abs'),
  unary('Floor'),
  unary('Ceil'),
  unary('Reciprocal'),
  unary('Identity'),
];
