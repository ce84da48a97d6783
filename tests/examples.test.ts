// Every program of examples/training learns something, on few samples.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TrainRequest } from 'pare';
import { describe, expect, test } from 'vitest';
import { run as cifarConvnet } from '../examples/training/cifar-convnet.ts';
import { run as linearRegression } from '../examples/training/linear-regression.ts';
import { run as lstmOnMnistRows } from '../examples/training/lstm-on-mnist-rows.ts';
import { run as mlpOnMnist } from '../examples/training/mlp-on-mnist.ts';
import { run as mobilenetNewClasses } from '../examples/training/mobilenet-new-classes.ts';
import { run as spokenDigits } from '../examples/training/spoken-digits.ts';
import { run as textClassifier } from '../examples/training/text-classifier.ts';
import { run as twoConvCnn } from '../examples/training/two-conv-cnn.ts';

interface Options extends Partial<TrainRequest> {
  samples?: number;
}

interface Case {
  run: (options: Options) => Promise<{ losses: number[]; accuracy?: number | undefined }>;
  options: Options;
  /** Where its data is. The examples name it relative to themselves. */
  needs: string;
  /** Loss of the last epoch relative to the first, at most. */
  falls: number;
  /** Where so little training gets beyond guessing. */
  accuracy?: number;
}

const few = { samples: 1000, epochs: 2, batch: 16 };
const assets = '../shared/assets';
const cases: Readonly<Record<string, Case>> = {
  'mlp-on-mnist': { run: mlpOnMnist, options: few, needs: `${assets}/mnist`, falls: 0.6, accuracy: 0.7 },
  'two-conv-cnn': { run: twoConvCnn, options: few, needs: `${assets}/mnist`, falls: 0.5, accuracy: 0.8 },
  'lstm-on-mnist-rows': {
    ...{ run: lstmOnMnistRows, options: few, needs: `${assets}/mnist`, falls: 0.8, accuracy: 0.4 },
  },
  'cifar-convnet': {
    ...{ run: cifarConvnet, options: { ...few, samples: 128 }, needs: '.cache/cifar10', falls: 0.98 },
  },
  'mobilenet-new-classes': {
    run: mobilenetNewClasses,
    options: { samples: 60, epochs: 2, batch: 10 },
    needs: `${assets}/imagenet-sample`,
    falls: 0.9,
    accuracy: 0.5,
  },
  'text-classifier': {
    run: textClassifier,
    options: { ...few, samples: 300, epochs: 5, lr: 0.005 },
    needs: `${assets}/text`,
    falls: 0.95,
  },
  'spoken-digits': {
    run: spokenDigits,
    options: { samples: 100, epochs: 2, batch: 8 },
    needs: `${assets}/audio`,
    falls: 0.99,
  },
};

describe.each(Object.entries(cases))(
  'examples/training/%s.ts',
  (_, { run, options, needs, falls, accuracy }) => {
    test.skipIf(!existsSync(resolve(needs)))(`learns, where ${needs} is there`, async () => {
      const found = await run(options);
      expect(found.losses.at(-1)).toBeLessThan(falls * found.losses[0]);
      if (accuracy !== undefined) expect(found.accuracy).toBeGreaterThan(accuracy);
    });
  },
);

test('examples/training/linear-regression.ts finds the line', async () => {
  const { slope, offset } = await linearRegression({ samples: 500 });
  expect(slope).toBeCloseTo(3, 1);
  expect(offset).toBeCloseTo(0, 1);
});
