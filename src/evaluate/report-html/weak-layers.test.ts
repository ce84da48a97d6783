import { expect, test } from 'vitest';
import type { LayerReport } from '../report.ts';
import { weakLayers } from './weak-layers.ts';
import { worstLayers } from './worst-layers.ts';

function layer(name: string, activationSqnrDb: number, parts: Partial<LayerReport> = {}): LayerReport {
  return { name, opType: 'Conv', state: 'quantized', reason: '', activationSqnrDb, ...parts };
}

const names = (layers: readonly LayerReport[]) => layers.map(({ name }) => name);

test('quantized layers a bit or more below the median stand out, worst first', () => {
  const layers = [
    layer('a', 40),
    layer('b', 33.9),
    layer('c', 34.1),
    layer('d', 40, { weightSqnrDb: 20 }),
    layer('e', 40),
    layer('float', 3, { state: 'float' }),
    layer('f', 40),
    layer('g', 40),
  ];
  expect(names(weakLayers(layers))).toEqual(['d', 'b']);
});

test('three at most in a small model, a tenth in a larger one, twelve at most', () => {
  const model = (count: number) =>
    Array.from({ length: count }, (_, i) => layer(String(i), i % 3 === 0 ? 10 : 40));
  expect([10, 50, 1000].map((count) => weakLayers(model(count)).length)).toEqual([3, 5, 12]);
  expect(weakLayers([])).toEqual([]);
});

test('of equals the earlier is worse; unmeasured layers are none', () => {
  const unmeasured: LayerReport = { name: 'u', opType: 'Relu', state: 'pass', reason: '' };
  expect(names(worstLayers([layer('a', 5), unmeasured, layer('b', 5), layer('c', 4)], 2))).toEqual([
    'c',
    'a',
  ]);
});
