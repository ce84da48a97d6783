import { z } from 'zod';

/** `z.strictObject` whose refusal of an unknown key lists the known ones. */
export function strictObject<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
): z.ZodObject<z.core.util.Writeable<Shape>, z.core.$strict> {
  const known = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined;
      const keys = (issue.keys as readonly string[]).map((key) => JSON.stringify(key)).join(', ');
      return `unknown key ${keys}; known keys: ${known}`;
    },
  });
}
