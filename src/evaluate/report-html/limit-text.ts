import type { Limit } from '../report.ts';
import { formatNumber } from './format/format-number.ts';

/** `max-drop: at most 0.5 points wanted, 0.75 reached`. */
export function limitText({ name, wanted, got, unit }: Limit): string {
  return `${name}: at most ${formatNumber(wanted)} ${unit} wanted, ${formatNumber(got)} reached`;
}
