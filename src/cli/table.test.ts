import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { table } from './table.ts';

const lines = (text: string) => stripVTControlCharacters(text).split('\n');

test('columns are as wide as their widest cell, numbers end at one place, nothing trails', () => {
  const rows = [
    ['conv1', '448', 'a'],
    ['c', '2,320', ''],
  ];
  expect(lines(table(['node', 'MACs', ''], rows, { alignRight: [1] }))).toEqual([
    'node    MACs',
    'conv1    448  a',
    'c      2,320',
  ]);
});

test('a header of empty cells is left out', () => {
  expect(lines(table(['', ''], [['file', '1 B']]))).toEqual(['file  1 B']);
});

test('wide characters take two columns, combining marks none', () => {
  const rows = [
    ['层一', 'x'],
    ['e\u0301', 'y'],
    ['abcd', 'z'],
  ];
  expect(lines(table(['', ''], rows))).toEqual(['层一  x', 'e\u0301     y', 'abcd  z']);
});
