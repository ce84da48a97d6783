import { notASequence } from './errors.ts';
import type { Sample } from './source.ts';
import { takeRow } from './take-row.ts';

/** One step of a sequence. */
export interface SequenceStep {
  readonly step: Sample;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/**
 * The steps of a sample whose fields all are `[steps, …]`; each step's are `[…]`. The class index goes with the last step; a
 * target of `[steps, …]` is cut as the fields are. Throws a PareError where fields or target differ in steps.
 * @param where the data set's name
 */
export function* sequenceSteps({ fields, label, target }: Sample, where: string): Generator<SequenceStep> {
  const entries = Object.entries(fields);
  const parts = target ? [...entries, ['targets', target] as const] : entries;
  const [count] = parts[0][1].shape;
  for (const [field, { shape }] of parts)
    if (shape.length === 0 || shape[0] !== count || count === 0)
      throw notASequence(where, `${field}: [${shape.join(', ')}]`);
  for (let row = 0; row < count; row++) {
    const isLast = row === count - 1;
    const step = {
      fields: Object.fromEntries(entries.map(([field, tensor]) => [field, takeRow(tensor, row)])),
      ...(isLast && label !== undefined && { label }),
      ...(target && { target: takeRow(target, row) }),
    };
    yield { step, isFirst: row === 0, isLast };
  }
}
