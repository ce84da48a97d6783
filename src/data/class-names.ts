import { z } from 'zod';
import { MAX_CLASSES } from './class-labels.ts';

/** `classes` of a dataset file: the names of the classes in the order of their indices. */
export const classNamesOption = z
  .array(z.union([z.string(), z.number()]).transform(String))
  .min(1)
  .max(MAX_CLASSES)
  .refine((names) => new Set(names).size === names.length, 'a class is named twice');
