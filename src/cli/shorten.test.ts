import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shorten } from './shorten.ts';

test('the middle of a long name goes', () => {
  expect(shorten('StatefulPartitionedCall/model/conv2d', 12)).toBe('State…conv2d');
  expect(shorten('conv1', 5)).toBe('conv1');
});

test('no result is longer than asked, and short names stay', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 40 }), (text, length) => {
      const short = shorten(text, length);
      return [...short].length <= length && ([...text].length > length || short === text);
    }),
  );
});
