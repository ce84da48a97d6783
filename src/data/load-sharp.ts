import { sharpMissing } from './errors.ts';

/** The image library, an optional dependency. `where` is what needed it. Throws a PareError where it is absent. */
export async function loadSharp(where: string): Promise<typeof import('sharp')['default']> {
  try {
    return (await import('sharp')).default;
  } catch (cause) {
    throw sharpMissing(where, cause);
  }
}
