import { z } from 'zod';

/** A path or pattern of a dataset file, relative to it or absolute. */
export const dataPath = z
  .string()
  .min(1, 'expected a path')
  .refine((path) => !path.includes('\0'), 'a path cannot hold the character NUL');

/** One path, pattern or folder, or a list of paths and patterns. */
export const dataPaths = z.union([dataPath, z.array(dataPath).min(1).max(100_000)], {
  error: 'expected a path, or a list of paths',
});
