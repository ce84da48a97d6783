import { z } from 'zod';
import { numberType } from './number-types.ts';
import { strictObject } from './strict-object.ts';

const finite = z.number().refine(Number.isFinite, 'expected a finite number');

/** Shape of one sample, without batch axis. */
const sampleShape = z
  .array(
    z
      .int()
      .min(1)
      .max(2 ** 31),
  )
  .max(16);

/**
 * How one field of the samples becomes what the model takes: value' = (value × scale − mean) / std, then the element type,
 * then the shape.
 */
export const fieldOptions = strictObject({
  scale: finite.default(1),
  mean: finite.default(0),
  std: finite.refine((std) => std > 0, 'expected a positive number').default(1),
  /** Default: as stored; float for whole numbers that are scaled. */
  dtype: numberType.optional(),
  /** Of one sample (of one step, with `state`); as many elements as the field has. */
  shape: sampleShape.optional(),
});

export type FieldOptions = z.output<typeof fieldOptions>;

/** A model input that is the same in every batch: one value, or `values` in row-major order. */
export const constantOptions = strictObject({
  dtype: numberType.default('float'),
  shape: sampleShape.default([]),
  value: finite.optional(),
  values: z.array(finite).max(1_000_000).optional(),
})
  .refine(({ value, values }) => (value === undefined) !== (values === undefined), {
    error: 'expected either value or values',
  })
  .refine(({ shape }) => shape.reduce((size, length) => size * length, 1) <= 2 ** 24, {
    path: ['shape'],
    error: `expected at most ${2 ** 24} elements`,
  })
  .refine(
    ({ shape, values }) => !values || values.length === shape.reduce((size, length) => size * length, 1),
    { path: ['values'], error: 'expected as many values as the shape has elements' },
  );

export type ConstantOptions = z.output<typeof constantOptions>;
