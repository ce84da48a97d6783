import { expect, test } from 'vitest';
import { z } from 'zod';
import { PareError } from '../base/pare-error.ts';
import { parseOptions } from './parse-options.ts';

const schema = z.strictObject({
  samples: z.int().min(1).default(100),
  maxDrop: z.number().min(0).max(100).optional(),
  observer: z.string().regex(/^m/, 'must be mse or minmax').optional(),
  rules: z.array(z.strictObject({ match: z.string() })).optional(),
});

function failure(given: unknown, where?: string): PareError {
  try {
    parseOptions(schema, given, where);
  } catch (error) {
    if (error instanceof PareError) return error;
  }
  throw new Error('no PareError');
}

test('defaults are filled in', () => {
  expect(parseOptions(schema, { maxDrop: 0.5 })).toEqual({ samples: 100, maxDrop: 0.5 });
});

test.each([
  [{ samples: 0 }, '--samples must be at least 1, not 0.'],
  [{ samples: 1.5 }, '--samples must be a whole number, not 1.5.'],
  [{ maxDrop: 101 }, '--max-drop must be at most 100, not 101.'],
  [{ observer: 'x' }, '--observer must be mse or minmax, not "x".'],
  [{ fooBar: 1 }, 'unknown: --foo-bar.'],
  [
    { rules: [{ match: 'a', mtch: 1 }, {}] },
    'Some options are wrong: --rules.0: unknown: mtch; --rules.1.match: Invalid input: expected string, received undefined.',
  ],
  [
    { samples: -1, maxDrop: -1 },
    'Some options are wrong: --samples must be at least 1, not -1; --max-drop must be at least 0, not -1.',
  ],
])('%j', (given, message) => {
  expect(failure(given)).toMatchObject({ code: 'bad-options', message, isUsage: true });
});

test('options of a file are told with the file', () => {
  expect(failure({ samples: 0 }, 'recipe.lock.yaml').where).toBe('recipe.lock.yaml');
});
