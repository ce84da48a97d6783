import type { Value } from '../../onnx/ir/value.ts';
import type { GradientContext, GradientRule, GradientRules } from '../gradient.ts';
import { normalizeEinsum } from './normalize-einsum.ts';

/**
 * Of Y = Σ A·B·… the gradient of A is again such a sum: of dY and the other operands, over what is not in A. A letter that is
 * only in A was summed away: every element along it gets the same.
 */
const einsum: GradientRule = (context) => {
  const { node, write } = context;
  const shapes = node.inputs.map((_, i) => context.inputShape(i));
  const { operands, result, diagonals } = normalizeEinsum(node.string('equation') ?? '', shapes);
  const lengths = lengthsOf(operands, shapes);
  const sources = [
    ...node.inputs.map((_, i) => context.input(i)),
    ...diagonals.map((n) => identity(context, n)),
  ];
  return node.inputs.map((_, own) => {
    if (!context.wants(own)) return undefined;
    const others = operands.map((letters, i) => ({ letters, value: sources[i] })).filter((_, i) => i !== own);
    const terms = [{ letters: result, value: context.gradient(0)! }, ...others];
    const there = new Set(terms.map(({ letters }) => letters).join(''));
    const kept = [...operands[own]].filter((letter) => there.has(letter)).join('');
    const equation = `${terms.map(({ letters }) => letters).join(',')}->${kept}`;
    const product = write.op(
      'Einsum',
      terms.map(({ value }) => value),
      { equation },
    );
    return spread(context, product, { letters: operands[own], kept, lengths, shape: shapes[own] });
  });
};

/** To the shape of the operand: along letters that are gone by repetition, along axes of length 1 by a sum. */
function spread(
  { write }: GradientContext,
  value: Value,
  {
    letters,
    kept,
    lengths,
    shape,
  }: { letters: string; kept: string; lengths: ReadonlyMap<string, number>; shape: readonly number[] },
): Value {
  const full = [...letters].map((letter) => lengths.get(letter) ?? 1);
  if (kept === letters) return write.sumTo(value, full, shape);
  const thin = write.reshape(
    value,
    full.map((n, i) => (kept.includes(letters[i]) ? n : 1)),
  );
  return write.sumTo(write.op('Expand', [thin, write.ints(full)]), full, shape);
}

/** The length of each letter; operands of length 1 there are broadcast. */
function lengthsOf(operands: readonly string[], shapes: readonly (readonly number[])[]): Map<string, number> {
  const lengths = new Map<string, number>();
  for (const [i, shape] of shapes.entries())
    for (const [axis, letter] of [...operands[i]].entries())
      lengths.set(letter, Math.max(lengths.get(letter) ?? 1, shape[axis]));
  return lengths;
}

function identity({ write }: GradientContext, n: number): Value {
  const data = new Float32Array(n * n);
  for (let i = 0; i < n; i++) data[i * n + i] = 1;
  return write.constant({ dtype: 'float', shape: [n, n], data });
}

export const einsumGradients: GradientRules = { Einsum: einsum };
