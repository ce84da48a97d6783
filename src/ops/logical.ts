import type { TensorType } from '../onnx/ir/type.ts';
import { axesKept } from './axes-kept.ts';
import { axesOfElementwise } from './axes-of-elementwise.ts';
import { broadcast } from './broadcast.ts';
import { qlinearWhere } from './codes-forms.ts';
import { inferBroadcast } from './infer-broadcast.ts';
import type { InferenceContext, Op } from './op.ts';
import { unary } from './unary.ts';

/** Comparisons and logic: broadcast like arithmetic, but give truth values. */
function predicate(type: string): Op {
  const infer = (context: InferenceContext) =>
    inferBroadcast(context).map((t) => t && { ...t, dtype: 'bool' as const });
  return { type, domain: '', infer, axes: axesOfElementwise };
}

/** Tests of each element. */
function test(type: string): Op {
  const infer = ({ type: typeOf }: InferenceContext) => {
    const data = typeOf(0);
    return [data && { ...data, dtype: 'bool' as const }];
  };
  return { type, domain: '', infer, axes: (context) => axesKept(context) };
}

function bitwise(type: string): Op {
  return { type, domain: '', infer: inferBroadcast, axes: axesOfElementwise };
}

/** Where(condition, x, y). */
function inferWhere({ type }: InferenceContext): (TensorType | undefined)[] {
  const chosen = type(1) ?? type(2);
  return chosen ? [{ ...chosen, shape: broadcast([0, 1, 2].map((i) => type(i)?.shape)) }] : [];
}

export const logicalOps: readonly Op[] = [
  ...['Equal', 'Less', 'LessOrEqual', 'Greater', 'GreaterOrEqual', 'And', 'Or', 'Xor'].map(predicate),
  ...['Not', 'IsInf', 'IsNaN'].map(test),
  ...['BitShift', 'BitwiseAnd', 'BitwiseOr', 'BitwiseXor'].map(bitwise),
  unary('BitwiseNot'),
  {
    type: 'Where',
    domain: '',
    infer: inferWhere,
    axes: axesOfElementwise,
    role: { kind: 'computed', operands: [1, 2] },
    onCodes: qlinearWhere,
  },
];
