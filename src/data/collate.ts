import { check } from '../base/check.ts';
import type { Tensor } from '../base/tensor.ts';
import { allocateLike } from './allocate-like.ts';
import { copyElements } from './copy-elements.ts';
import type { Batch } from './dataset.ts';
import type { Sample } from './source.ts';

/**
 * Samples (at least one, alike in shapes) as one batch: every field gets axis 0. Labels and targets are there where every
 * sample has them. `where` is the data set's name.
 */
export function collate(samples: readonly Sample[], where: string): Batch {
  const inputs: Record<string, Tensor> = {};
  for (const field of Object.keys(samples[0].fields))
    inputs[field] = stack(
      samples.map(({ fields }) => fields[field]),
      field,
      where,
    );
  const labels = samples.flatMap(({ label }) => (label === undefined ? [] : [label]));
  const targets = samples.flatMap(({ target }) => (target === undefined ? [] : [target]));
  return {
    inputs,
    ...(labels.length === samples.length && { labels: Int32Array.from(labels) }),
    ...(targets.length === samples.length && { targets: stack(targets, 'targets', where) }),
  };
}

function stack(tensors: readonly Tensor[], field: string, where: string): Tensor {
  const [{ dtype, shape, data: first }] = tensors;
  const data = allocateLike(first, tensors.length * first.length);
  for (const [i, tensor] of tensors.entries()) {
    check(
      tensor.dtype === dtype && tensor.shape.join() === shape.join(),
      () => `${where}: ${field} of one batch is both ${typeOf(tensors[0])} and ${typeOf(tensor)}`,
    );
    copyElements({ from: tensor.data, start: 0, length: first.length }, data, i * first.length);
  }
  return { dtype, shape: [tensors.length, ...shape], data };
}

function typeOf({ dtype, shape }: Tensor): string {
  return `${dtype}[${shape.join(', ')}]`;
}
