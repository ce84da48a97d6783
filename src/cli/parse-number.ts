import { InvalidArgumentError } from 'commander';

/** A flag's value as a number; text that is none is refused with its flag's name by commander. */
export function parseNumber(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number)) throw new InvalidArgumentError('It is not a number.');
  return number;
}
