import type { Dimension, TensorType } from '../onnx/ir/type.ts';
import { axesKept } from './axes-kept.ts';
import { axesOfElementwise } from './axes-of-elementwise.ts';
import { broadcast } from './broadcast.ts';
import { qlinearWhere } from './codes-forms.ts';
import { combineElements } from './combine-elements.ts';
import { inferBroadcast } from './infer-broadcast.ts';
import type { InferenceContext, Op } from './op.ts';
import { unary } from './unary.ts';

/** Comparisons and logic: broadcast like arithmetic, but give truth values. */
function predicate(type: string): Op {
  const infer = (context: InferenceContext) =>
    inferBroadcast(context).map((t) => t && { ...t, dtype: 'bool' as const });
  return { type, domain: '', infer, axes: axesOfElementwise };
}

/** Of two known integers, as 0 or 1. */
function comparison(type: string, compare: (a: number, b: number) => boolean): Op {
  const elements = combineElements((a, b) =>
    typeof a === 'number' && typeof b === 'number' ? Number(compare(a, b)) : null,
  );
  return { ...predicate(type), elements };
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

function negatedElements({ dims }: InferenceContext): Dimension[] | undefined {
  return dims(0)?.map((n) => (typeof n === 'number' ? 1 - n : null));
}

/** Of lists of one length; a single number stands for as many. */
function chosenElements({ dims }: InferenceContext): Dimension[] | undefined {
  const [conditions, x, y] = [dims(0), dims(1), dims(2)];
  if (!conditions || !x || !y) return undefined;
  const length = Math.max(conditions.length, x.length, y.length);
  if ([conditions, x, y].some((list) => list.length !== length && list.length !== 1)) return undefined;
  return Array.from({ length }, (_, i) => {
    const condition = conditions[i % conditions.length];
    if (typeof condition !== 'number') return null;
    return condition === 0 ? y[i % y.length] : x[i % x.length];
  });
}

/** Where(condition, x, y). */
function inferWhere({ type }: InferenceContext): (TensorType | undefined)[] {
  const chosen = type(1) ?? type(2);
  return chosen ? [{ ...chosen, shape: broadcast([0, 1, 2].map((i) => type(i)?.shape)) }] : [];
}

export const logicalOps: readonly Op[] = [
  comparison('Equal', (a, b) => a === b),
  comparison('Less', (a, b) => a < b),
  comparison('LessOrEqual', (a, b) => a <= b),
  comparison('Greater', (a, b) => a > b),
  comparison('GreaterOrEqual', (a, b) => a >= b),
  ...['And', 'Or', 'Xor'].map(predicate),
  { ...test('Not'), elements: negatedElements },
  ...['IsInf', 'IsNaN'].map(test),
  ...['BitShift', 'BitwiseAnd', 'BitwiseOr', 'BitwiseXor'].map(bitwise),
  unary('BitwiseNot'),
  {
    type: 'Where',
    domain: '',
    infer: inferWhere,
    elements: chosenElements,
    axes: axesOfElementwise,
    role: { kind: 'computed', operands: [1, 2] },
    onCodes: qlinearWhere,
  },
];
