import { formatScaled } from './format-scaled.ts';

/** A large count for people: `812`, `270 k`, `40.8 M`, `3.86 G`. */
export function formatCount(count: number): string {
  return formatScaled(count, ['', 'k', 'M', 'G', 'T']);
}
