// The tables of docs/train.md say what the records of nets, losses, optimizers, schedules and augmentations say.
// After a change of one: npx vitest run tests/documented-training.test.ts -u
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { losses } from '../src/autodiff/losses/index.generated.ts';
import { optimizers } from '../src/autodiff/optimizers/index.generated.ts';
import type { TrainingDefaults } from '../src/nn/net.ts';
import { zoo } from '../src/nn/zoo/index.generated.ts';
import { Node } from '../src/onnx/ir/node.ts';
import { gradientOf } from '../src/ops/gradients/index.ts';
import { ops } from '../src/ops/index.ts';
import { augmentations } from '../src/train/augmentations/index.generated.ts';
import { trainOptions } from '../src/train/options.ts';
import { schedules } from '../src/train/schedules/index.generated.ts';
import { described, marksOf, settingsOf, table, withTables } from './documented-tables.ts';

const path = resolve(import.meta.dirname, '../docs/train.md');
const page = readFileSync(path, 'utf8');

/** By the name in the comment that stands above it. */
const tables: Readonly<Record<string, string>> = {
  nets: table([
    'net',
    'what',
    'sizes',
    'epochs',
    'batch',
    'optimizer, rate, decay',
    'schedule',
    'augmentations',
  ])(Object.values(zoo).map((net) => [...described(net), settingsOf(net), ...defaultsOf(net.training)])),
  losses: table(['loss', 'what', 'settings'])(
    Object.values(losses).map((loss) => [...described(loss), settingsOf(loss)]),
  ),
  optimizers: table(['optimizer', 'what', 'rate', 'settings'])(
    Object.values(optimizers).map((optimizer) => [
      ...described(optimizer),
      optimizer.commonRate,
      settingsOf(optimizer),
    ]),
  ),
  schedules: table(['schedule', 'what', 'settings'])(
    Object.values(schedules).map((schedule) => [...described(schedule), settingsOf(schedule)]),
  ),
  augmentations: table(['augmentation', 'what', 'of', 'settings'])(
    Object.values(augmentations).map((augmentation) => [
      ...described(augmentation),
      augmentation.takes,
      settingsOf(augmentation),
    ]),
  ),
  operators: table(['operators with a gradient rule'])([
    [
      ops
        .filter(({ domain, type }) => gradientOf(new Node({ domain, opType: type, outputs: [] })))
        .map(({ type }) => type)
        .sort()
        .join(', '),
    ],
  ]),
};

test('the tables of docs/train.md have every record as it is', async () => {
  expect(marksOf(page)).toEqual(Object.keys(tables));
  await expect(withTables(page, tables)).toMatchFileSnapshot(path);
});

test('every option is explained in docs/train.md', () => {
  const flags = Object.keys(trainOptions.shape).map(
    (name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
  );
  expect(flags.filter((flag) => !page.includes(flag))).toEqual([]);
});

function defaultsOf(training: TrainingDefaults): (string | number)[] {
  const { epochs, batch, optimizer, rate, weightDecay, schedule, augment } = training;
  return [epochs, batch, [optimizer, rate, weightDecay].join(', '), schedule, augment.join(', ') || '–'];
}
