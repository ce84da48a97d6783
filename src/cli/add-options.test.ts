import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { addOptions } from './add-options.ts';

const shape = {
  count: z.int().default(100).meta({ description: 'how many', value: 'n', group: 'Numbers:' }),
  maxDrop: z.number().optional(),
  shade: z.enum(['red', 'blue']).default('red').describe('which'),
  label: z.string().optional(),
  quick: z.boolean().default(false),
  careful: z.boolean().default(true).meta({ description: 'look twice', whenOff: 'look once' }),
  reduce: z.boolean().optional(),
  only: z.array(z.string()).default([]),
  record: z.record(z.string(), z.string()).optional(),
};

function parse(...argv: string[]) {
  const command = addOptions(new Command(), shape)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  return command.parse(argv, { from: 'user' }).opts();
}

test('each kind of schema has its flags, by kebab-case name', () => {
  const { options } = addOptions(new Command(), shape);
  expect(options.map(({ flags }) => flags)).toEqual([
    '--count <n>',
    '--max-drop <value>',
    '--shade <value>',
    '--label <value>',
    '--quick',
    '--no-careful',
    '--reduce',
    '--no-reduce',
    '--only <value>',
  ]);
});

test('help tells choices, defaults, and what switching off does', () => {
  const { options } = addOptions(new Command(), shape);
  const text = Object.fromEntries(options.map(({ long, description }) => [long, description]));
  expect(text).toMatchObject({
    '--count': 'how many (default: 100)',
    '--shade': 'red | blue: which (default: red)',
    '--no-careful': 'look once',
    '--only': '',
  });
  expect(options[0].helpGroupHeading).toBe('Numbers:');
});

describe('values', () => {
  test('nothing typed gives no value but the switched-on booleans', () => {
    expect(parse()).toEqual({ careful: true });
  });

  test('numbers, lists, choices and switches', () => {
    expect(
      parse(
        '--count',
        '12',
        '--max-drop',
        '-0.5',
        '--shade',
        'blue',
        '--quick',
        '--no-careful',
        '--only',
        'a',
        '--only',
        'b',
      ),
    ).toEqual({ count: 12, maxDrop: -0.5, shade: 'blue', quick: true, careful: false, only: ['a', 'b'] });
    expect(parse('--reduce')).toMatchObject({ reduce: true });
    expect(parse('--no-reduce')).toMatchObject({ reduce: false });
  });

  test.each([
    ['--count', ''],
    ['--count', 'many'],
    ['--count', 'Infinity'],
    ['--shade', 'green'],
    ['--record', 'x'],
  ])('%s %s is refused', (flag, value) => {
    expect(() => parse(flag, value)).toThrow(flag);
  });
});
