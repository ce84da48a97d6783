import { InvalidArgumentError } from 'commander';
import { parseNumber } from './parse-number.ts';

/** A flag's value as a time, 0 or longer. */
export function parseSeconds(text: string): number {
  const seconds = parseNumber(text);
  if (seconds < 0) throw new InvalidArgumentError('It is below 0.');
  return seconds;
}
