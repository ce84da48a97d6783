import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import * as clean from '../src/cli/commands/clean.ts';
import * as dequantize from '../src/cli/commands/dequantize.ts';
import * as evaluate from '../src/cli/commands/evaluate.ts';
import * as inspect from '../src/cli/commands/inspect.ts';
import * as quantize from '../src/cli/commands/quantize.ts';
import * as train from '../src/cli/commands/train.ts';

const root = resolve(import.meta.dirname, '..');
const pages = [
  'README.md',
  'docs/clean.md',
  'docs/quantize.md',
  'docs/dequantize.md',
  'docs/inspect.md',
  'docs/datasets.md',
  'docs/train.md',
  ...readdirSync(join(root, 'docs/guides'), { encoding: 'utf8' }).map((name) => `docs/guides/${name}`),
  'examples/strokes/README.md',
  'examples/training/README.md',
];
const modules = { clean, dequantize, evaluate, inspect, quantize, train };

/** Flags of a command, as `--help` names them. */
function flagsOf(name: keyof typeof modules): Set<string> {
  const command = modules[name].define(new Command(name));
  return new Set(command.options.flatMap(({ long, short }) => [long, short]).filter((flag) => flag != null));
}

/** Command lines in a page that begin with `pare`, prompts and code spans included. */
function commandsIn(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [
    ...text.matchAll(/(?:^\$? ?|`)(pare (?:clean|dequantize|evaluate|inspect|quantize|train)\b[^`\n]*)/gm),
  ].map(([, line]) => line);
}

describe.each(pages.filter((page) => commandsIn(page).length > 0))('commands in %s', (page) => {
  test('use flags that exist', () => {
    for (const line of commandsIn(page)) {
      const [, name, ...words] = line.split(/[\s[\]]+/);
      const flags = flagsOf(name as keyof typeof modules);
      const unknown = words.filter((word) => /^--?[a-z]/.test(word) && !flags.has(word));
      expect(unknown, line).toEqual([]);
    }
  });
});

test('the pages show commands at all', () => {
  expect(pages.flatMap(commandsIn).length).toBeGreaterThan(5);
});
