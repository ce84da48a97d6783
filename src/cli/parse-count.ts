import { InvalidArgumentError } from 'commander';
import { parseNumber } from './parse-number.ts';

/** A parser of whole numbers from 1 on, for commands that would load zod for nothing else. */
export function parseCount(most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const number = parseNumber(text);
    if (!Number.isSafeInteger(number)) throw new InvalidArgumentError('It must be a whole number.');
    if (number < 1) throw new InvalidArgumentError('It must be at least 1.');
    if (number > most) throw new InvalidArgumentError(`It must be at most ${most}.`);
    return number;
  };
}
