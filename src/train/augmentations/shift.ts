import { z } from 'zod';
import { elementCount } from '../../tensor/element-count.ts';
import type { Augmentation } from '../augmentation.ts';
import { noSuchAxis } from '../augmentation-errors.ts';
import type { AxisView } from '../axis-view.ts';
import { moveAlong } from '../move-along.ts';
import { sampleViews } from '../sample-views.ts';

const options = z.strictObject({
  by: z.number().min(0).max(1).default(0.1).describe('most it is moved by, as a part of the length'),
  axis: z
    .int()
    .optional()
    .describe('axis of time, counted without the batch, from behind where negative (default the longest)'),
});

/** Earlier or later in time: of [T], [C, T], [T, F] and [C, T, F] time is taken to be the longest axis. */
export const shift: Augmentation<z.output<typeof options>> = {
  name: 'shift',
  summary: 'signals moved in time',
  takes: 'anything',
  options,
  apply(batch, { by, axis }, rngs) {
    const view = timeAxis(batch.shape, axis);
    const most = Math.floor(by * view.length);
    for (const [i, sample] of sampleViews(batch).entries())
      moveAlong(sample, batch.blank, view, rngs[i].below(2 * most + 1) - most);
  },
};

function timeAxis(shape: readonly number[], given: number | undefined): AxisView {
  const axis =
    given === undefined ? shape.indexOf(Math.max(...shape)) : given < 0 ? given + shape.length : given;
  if (axis < 0 || axis >= shape.length) throw noSuchAxis(given ?? 0, shape);
  return {
    outer: elementCount(shape.slice(0, axis)),
    length: shape[axis],
    inner: elementCount(shape.slice(axis + 1)),
  };
}
