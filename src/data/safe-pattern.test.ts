import { expect, test } from 'vitest';
import { matchName, safePattern } from './safe-pattern.ts';

test.each(['^(\\d)_', '_[0-4]\\.wav$', '([a-z]+)/[^/]*$', '_([5-9]|\\d\\d)\\.wav$', '(a)?[+*{}]\\+\\*'])(
  '%s is allowed',
  (text) => {
    expect(safePattern.parse(text)).toEqual(new RegExp(text));
  },
);

test.each([
  ['(a+)+$', 'no repeated group'],
  ['(a|a)*$', 'no repeated group'],
  ['(a){2,}', 'no repeated group'],
  ['(a)\\1', 'no back-reference'],
  ['.*.*.*.*x', 'at most 3'],
  ['(', 'Unterminated group'],
])('%s is refused', (text, message) => {
  expect(safePattern.safeParse(text).error?.issues[0].message).toContain(message);
});

test('the slowest pattern allowed on the longest name ends', () => {
  expect(matchName(safePattern.parse('a*a*a*b$'), 'a'.repeat(10_000))).toBeNull();
});
