import { expect, it } from 'vitest';
import { agreement } from './agreement.ts';
import { comparePredictions } from './compare-predictions.ts';
import { pairedBootstrap } from './paired-bootstrap.ts';

const before = { samples: 5, argmax: Int32Array.of(1, 2, 3, 0, 1) };
const after = { samples: 5, argmax: Int32Array.of(1, 2, 0, 0, 3) };

it('agreement is the share of equal classes', () => {
  expect(agreement(before.argmax, after.argmax)).toBe(0.6);
});

it('drops in top-1 where there are labels', () => {
  const correct = { before: Uint8Array.of(1, 1, 0, 0, 1), after: Uint8Array.of(1, 1, 1, 0, 0) };
  const compared = comparePredictions(
    { ...before, correct: correct.before },
    { ...after, correct: correct.after },
    { seed: 4 },
  );
  expect(compared).toEqual({
    agreement: 0.6,
    drop: { metric: 'top1', ...pairedBootstrap(correct.before, correct.after, { seed: 4 }) },
  });
  expect(compared.drop?.points).toBe(0);
});

it('drops in agreement where there are none', () => {
  const { drop } = comparePredictions(before, after, { seed: 4 });
  expect(drop).toMatchObject({ metric: 'agreement', points: 40 });
  expect(drop?.low).toBeGreaterThanOrEqual(0);
  expect(drop?.high).toBeLessThanOrEqual(100);
});

it('says nothing about models that do not classify', () => {
  expect(comparePredictions({ samples: 5 }, { samples: 5 }, { seed: 4 })).toEqual({});
});
