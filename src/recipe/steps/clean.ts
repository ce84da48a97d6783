import { z } from 'zod';
import { countNodes } from '../../passes/count-nodes.ts';
import { assignedTwice } from '../../passes/errors.ts';
import { cleanFor } from '../../passes/specialize/clean-for.ts';
import { parseFixedValue } from '../../passes/specialize/parse-fixed-value.ts';
import { parseShape } from '../../passes/specialize/parse-shape.ts';
import type { Step } from '../step.ts';

const options = z.strictObject({
  shape: z.array(z.string()).default([]).meta({
    description:
      'lengths of an input (x=1,3,224,224; ? leaves one open), or an open length by its name (batch=1)',
    value: 'name=lengths',
  }),
  fix: z.array(z.string()).default([]).meta({
    description: 'make a constant of an input: sr=16000, flag=true, state=0, v=[[1,2],[3,4]]',
    value: 'name=value',
  }),
  keepOutput: z
    .array(z.string())
    .default([])
    .meta({ description: 'an output to keep, or an inner value to make one; all others go', value: 'name' }),
  opset: z
    .int()
    .min(7)
    .max(26)
    .optional()
    .meta({ description: 'raise the model to at least this operator set', value: 'n' }),
});

/** Pairs as a record; two of one name contradict each other. */
function byName<T>(flag: string, pairs: readonly (readonly [name: string, value: T])[]): Record<string, T> {
  const seen = new Set<string>();
  for (const [name] of pairs) {
    if (seen.has(name)) throw assignedTwice(flag, name);
    seen.add(name);
  }
  return Object.fromEntries(pairs);
}

export const clean = {
  name: 'clean',
  summary:
    'folds constants, normalization, arithmetic and padding, decides branches, merges and removes what is not needed',
  options,
  async run(model, given, { runner }) {
    const before = countNodes(model);
    const use = {
      shapes: byName('shape', given.shape.map(parseShape)),
      fix: byName('fix', given.fix.map(parseFixedValue)),
      outputs: given.keepOutput,
      opset: given.opset,
    };
    const passes = await cleanFor(model, use, { runner });
    const cleaning = { nodes: { before, after: countNodes(model) }, passes };
    return { model, resolved: given, layers: [], warnings: [], cleaning };
  },
} satisfies Step<z.infer<typeof options>>;
