import { collate } from './collate.ts';
import type { Batch } from './dataset.ts';
import type { Sample } from './source.ts';

/**
 * Samples as batches of at most `batchSize`. A sample of another shape than those before it begins a new batch, so that
 * samples of several lengths come one by one, or in runs of one length. `where` is the data set's name.
 */
export async function* groupSamples(
  samples: AsyncIterable<Sample>,
  batchSize: number,
  where: string,
): AsyncGenerator<Batch, void, undefined> {
  let held: Sample[] = [];
  for await (const sample of samples) {
    if (held.length === batchSize || (held.length > 0 && !isAlike(held[0], sample))) {
      yield collate(held, where);
      held = [];
    }
    held.push(sample);
  }
  if (held.length > 0) yield collate(held, where);
}

/** Can both stand in one batch? */
function isAlike(a: Sample, b: Sample): boolean {
  return shapeOf(a) === shapeOf(b);
}

function shapeOf({ fields, target }: Sample): string {
  return [...Object.values(fields), ...(target ? [target] : [])]
    .map(({ dtype, shape }) => `${dtype}[${shape.join()}]`)
    .join(' ');
}
