import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { PareError } from '../base/pare-error.ts';
import { asPareError } from './as-pare-error.ts';

test('a PareError stays itself', () => {
  const error = new PareError({ code: 'x', message: 'y' });
  expect(asPareError(error)).toBe(error);
});

test('what the system refuses is told as that', async () => {
  const error = await readFile('/nowhere/at/all').catch(asPareError);
  expect(error).toMatchObject({
    code: 'system-error',
    message: expect.stringMatching(/^The system refused: ENOENT/),
  });
});

test.each([new TypeError('x is not a function'), 'x is not a function'])(
  'anything else is a bug',
  (thrown) => {
    expect(asPareError(thrown)).toMatchObject({
      code: 'bug',
      message: 'This is a bug in pare: x is not a function',
      hint: expect.stringContaining('report it'),
      isUsage: false,
      cause: thrown,
    });
  },
);
