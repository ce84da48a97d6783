import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ticksOf } from './ticks-of.ts';

test.each([
  [0, 41, 6, [0, 10, 20, 30, 40, 50]],
  [-3, 40, 6, [-10, 0, 10, 20, 30, 40]],
  [-0.26, 0.06, 5, [-0.3, -0.2, -0.1, 0, 0.1]],
  [0, 0, 5, [0, 0.2]],
])('%d..%d in about %d', (low, high, count, ticks) => {
  const got = ticksOf(low, high, count);
  expect(got).toHaveLength(ticks.length);
  for (let i = 0; i < ticks.length; i++) expect(got[i]).toBeCloseTo(ticks[i], 12);
});

test('encloses the values with a sensible number of ticks', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
      (low, span) => {
        const ticks = ticksOf(low, low + span, 5);
        const slack = 1e-6 * Math.max(1, Math.abs(low), span);
        expect(ticks[0]).toBeLessThanOrEqual(low + slack);
        expect(ticks[ticks.length - 1]).toBeGreaterThanOrEqual(low + span - slack);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(8);
      },
    ),
  );
});
