import { badAssignment } from '../errors.ts';
import { parseAssignment } from './parse-assignment.ts';
import type { FixedValue } from './tensor-of-fixed-value.ts';

const FORM = 'NAME=16000, NAME=true, NAME=1,2,3 or NAME=[[1,2],[3,4]]';
/** Tensors of more axes are not typed by hand. */
const MAX_DEPTH = 16;
const words: Readonly<Record<string, FixedValue>> = {
  true: true,
  false: false,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  nan: Number.NaN,
};

/** `sr=16000` as name and value; several values without brackets are one list. */
export function parseFixedValue(text: string): [name: string, value: FixedValue] {
  const [name, value] = parseAssignment('fix', text, FORM);
  const tokens = value.match(/[[\],]|[^[\],\s]+/g) ?? [];
  const fail = () => badAssignment('fix', text, FORM);
  let at = 0;
  const list = (end: string | undefined, depth: number): FixedValue[] => {
    const items: FixedValue[] = [];
    if (depth > MAX_DEPTH) throw fail();
    for (;;) {
      items.push(item(depth));
      const next = tokens[at++];
      if (next === end) return items;
      if (next !== ',') throw fail();
    }
  };
  const item = (depth: number): FixedValue => {
    const token = tokens[at++];
    if (token === '[') return list(']', depth + 1);
    const scalar = token === undefined ? undefined : scalarOf(token);
    if (scalar === undefined) throw fail();
    return scalar;
  };
  const items = list(undefined, 0);
  return [name, items.length === 1 ? items[0] : items];
}

/** Whole numbers that no double holds stay exact. */
function scalarOf(token: string): FixedValue | undefined {
  if (Object.hasOwn(words, token)) return words[token];
  if (/^[+-]?\d+$/.test(token)) {
    const exact = BigInt(token.replace('+', ''));
    return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
  }
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(token) ? Number(token) : undefined;
}
