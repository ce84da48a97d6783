import { formatScaled } from './format-scaled.ts';

/** `812 B`, `12.3 kB`, `1.09 MB`; kB = 1000 B. */
export function formatBytes(bytes: number): string {
  return formatScaled(bytes, ['B', 'kB', 'MB', 'GB', 'TB']);
}
