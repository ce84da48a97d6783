import { resolve } from 'node:path';

/** Real models and data, which are no part of the project; tests that use them are skipped where it is absent. */
export const assetsFolder = resolve(
  process.env.PARE_ASSETS ?? resolve(import.meta.dirname, '../../../shared/assets'),
);
