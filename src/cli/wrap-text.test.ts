import { expect, test } from 'vitest';
import { wrapText } from './wrap-text.ts';

test('breaks at blanks, never in a word', () => {
  expect(wrapText('Conv 20, Relu 19, Add 9', 10)).toEqual(['Conv 20,', 'Relu 19,', 'Add 9']);
  expect(wrapText('a_very_long_name b', 5)).toEqual(['a_very_long_name', 'b']);
  expect(wrapText('all of it', Number.POSITIVE_INFINITY)).toEqual(['all of it']);
  expect(wrapText('', 5)).toEqual(['']);
});
