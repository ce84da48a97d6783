// The tables of docs/train.md say what the records of nets, losses, optimizers, schedules and augmentations say.
// After a change of one: npx vitest run tests/documented-training.test.ts -u
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
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

const path = resolve(import.meta.dirname, '../docs/train.md');
const page = readFileSync(path, 'utf8');

interface Configurable {
  readonly name: string;
  readonly summary: string;
  readonly options: z.ZodType;
}

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
  const marks = [...page.matchAll(/^<!-- (\w+) -->$/gm)].map(([, name]) => name);
  expect(marks).toEqual(Object.keys(tables));
  const renewed = page.replace(/^<!-- (\w+) -->\n(?:\|.*\n)*/gm, (mark, name: string) =>
    [mark.split('\n')[0], tables[name], ''].join('\n'),
  );
  await expect(renewed).toMatchFileSnapshot(path);
});

test('every option is explained in docs/train.md', () => {
  const flags = Object.keys(trainOptions.shape).map(
    (name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
  );
  expect(flags.filter((flag) => !page.includes(flag))).toEqual([]);
});

function table(header: readonly string[]) {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return (rows: readonly (readonly (string | number)[])[]) =>
    [line(header), `|${'---|'.repeat(header.length)}`, ...rows.map(line)].join('\n');
}

function described({ name, summary }: Configurable): string[] {
  return [`\`${name}\``, summary];
}

/** `momentum=0.9`, and what it means where the record says. */
function settingsOf({ options }: Configurable): string {
  const { properties = {} } = z.toJSONSchema(options, { io: 'input' });
  const texts = Object.entries(properties).map(([name, schema]) => {
    // Draft 2020-12 allows `true` as a schema; objects of zod have none.
    const { default: usual, description = '' } = schema as { default?: unknown; description?: string };
    return `\`${usual === undefined ? name : `${name}=${usual}`}\` ${description}`.trim();
  });
  return texts.join('; ') || '–';
}

function defaultsOf(training: TrainingDefaults): (string | number)[] {
  const { epochs, batch, optimizer, rate, weightDecay, schedule, augment } = training;
  return [epochs, batch, [optimizer, rate, weightDecay].join(', '), schedule, augment.join(', ') || '–'];
}
