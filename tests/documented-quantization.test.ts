// The tables of docs/quantize.md say what the records of formats and methods say.
// After a change of one: npx vitest run tests/documented-quantization.test.ts -u
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { gridMethods } from '../src/quantize/grid-methods/index.generated.ts';
import type { LevelFormatRecord } from '../src/quantize/level-format.ts';
import { levelFormats } from '../src/quantize/level-formats/index.generated.ts';
import { quantizeOptions } from '../src/quantize/options.ts';
import { roundingMethods } from '../src/quantize/rounding-methods/index.generated.ts';
import { described, marksOf, settingsOf, table, withTables } from './documented-tables.ts';

const path = resolve(import.meta.dirname, '../docs/quantize.md');
const page = readFileSync(path, 'utf8');

function factsOf(record: LevelFormatRecord): string[] {
  const { bits, levels, block } = record.make(record.options.parse({}));
  const count = typeof levels === 'number' ? levels : levels.length;
  return [
    ...described(record),
    `${bits}`,
    `${count}`,
    block === undefined ? 'channel' : `block:${block}`,
    settingsOf(record),
  ];
}

const tables: Readonly<Record<string, string>> = {
  'level-formats': table(['format', 'what', 'bits', 'numbers', 'granularity', 'settings'])(
    Object.values<LevelFormatRecord>(levelFormats).map(factsOf),
  ),
  'grid-methods': table(['method', 'what', 'settings'])(
    Object.values(gridMethods).map((method) => [...described(method), settingsOf(method)]),
  ),
  'rounding-methods': table(['method', 'what', 'settings'])(
    Object.values(roundingMethods).map((method) => [...described(method), settingsOf(method)]),
  ),
};

test('the tables of docs/quantize.md have every record as it is', async () => {
  expect(marksOf(page)).toEqual(Object.keys(tables));
  await expect(withTables(page, tables)).toMatchFileSnapshot(path);
});

test('every option is explained in docs/quantize.md', () => {
  const flags = Object.keys(quantizeOptions.shape)
    // Written into locks only.
    .filter((name) => name !== 'floatLayers')
    .map((name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
  expect(flags.filter((flag) => !page.includes(flag) && !page.includes(flag.replace('--', '--no-')))).toEqual(
    [],
  );
});
