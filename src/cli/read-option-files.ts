import type { z } from 'zod';
import { readDatasetFile } from '../data/read-dataset-file.ts';
import { cannotOpen } from '../onnx/errors.ts';

/** Puts the contents of YAML or JSON files in place of the paths given for options that are marked `isFile`. */
export async function readOptionFiles(
  shape: z.ZodRawShape,
  given: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const read = { ...given };
  for (const [name, schema] of Object.entries(shape)) {
    const path = given[name];
    // A raw shape's values are core schemas by type, and ZodType by construction.
    if (typeof path !== 'string' || (schema as z.ZodType).meta()?.isFile !== true) continue;
    read[name] = await readDatasetFile(path).catch((cause: Error) => {
      throw 'syscall' in cause ? cannotOpen(path, cause) : cause;
    });
  }
  return read;
}
