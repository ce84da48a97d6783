import { expect, test } from 'vitest';
import { parseCount } from './parse-count.ts';

test('whole numbers from 1 on', () => {
  expect(parseCount()('1')).toBe(1);
  expect(parseCount(1024)('1024')).toBe(1024);
});

test.each([
  ['0', 'It must be at least 1.'],
  ['1.5', 'It must be a whole number.'],
  ['1025', 'It must be at most 1024.'],
  ['many', 'It is not a number.'],
])('%s is refused', (text, message) => {
  expect(() => parseCount(1024)(text)).toThrow(message);
});
