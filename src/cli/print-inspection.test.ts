import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Inspection } from '../recipe/inspect-file.ts';
import type { InspectedLayer } from '../recipe/inspect-layers.ts';
import { printInspection } from './print-inspection.ts';
import { textWidth } from './text-width.ts';

function layer(index: number): InspectedLayer {
  return {
    name: `encoder/layer.${index}/attention/self/query/MatMul`,
    opType: 'MatMul',
    parameters: 1000 * index,
    bytes: 4000 * index,
    macs: 50_000,
    format: 'float',
    range: { min: -0.25, max: 0.5 },
    state: 'weights',
    reason: 'its weight is a stack of matrices, which no kernel of the target multiplies',
  };
}

function inspectionOf(layers: readonly InspectedLayer[], more: Partial<Inspection> = {}): Inspection {
  return {
    schema: 'pare.inspection/1',
    file: { path: 'm.onnx', bytes: 12_345, sha256: '' },
    irVersion: 8,
    opsets: { 'ai.onnx': 17 },
    producer: '',
    inputs: [{ name: 'x', type: 'float[N,S,8]' }],
    outputs: [],
    nodes: 3,
    parameters: 6000,
    weights: [{ type: 'float', tensors: 1, elements: 6000, bytes: 24_000 }],
    macs: 50_000,
    operators: Array.from({ length: 30 }, (_, i) => ({
      opType: `Operator${i}`,
      domain: '',
      count: 1,
      isKnown: true,
    })),
    functions: [],
    layers,
    target: 'x64',
    isCleaned: true,
    findings: [],
    ...more,
  };
}

describe('printInspection', () => {
  const inspection = inspectionOf([layer(1), layer(3), layer(2)]);

  test.each([60, 80, 120, 200])('no line is wider than %i columns', (width) => {
    const lines = stripVTControlCharacters(printInspection(inspection, { layers: 20, width })).split('\n');
    // The sentence above the table may wrap by itself; every line of facts and layers fits.
    const wide = lines.filter((line) => textWidth(line) > width && !line.startsWith('Layers by size'));
    expect(wide).toEqual([]);
  });

  test('a wide line shows all, a narrow one keeps name, size and state', () => {
    const wide = printInspection(inspection, { layers: 20, width: 200 });
    expect(wide).toMatch(
      /encoder\/layer\.3\/attention\/self\/query\/MatMul .* −0\.250 … 0\.500 +weights +its weight is a stack/,
    );
    const narrow = printInspection(inspection, { layers: 20, width: 60 });
    expect(narrow).toMatch(/encoder.*….*MatMul +MatMul .*12\.0\skB .*weights/);
  });

  test('the largest come first, the rest is counted', () => {
    const text = printInspection(inspection, { layers: 1, width: 200 });
    expect(text).toContain('The 1 largest of 3 layers');
    expect(text).toContain('layer.3/');
    expect(text).not.toContain('layer.2/');
    expect(text).toContain('… and 2 smaller ones');
  });

  test('control characters of the file do not reach the terminal', () => {
    const evil = { ...layer(1), name: 'a\u001b[2Jb', reason: '\u202e' };
    const findings = [{ code: 'c', where: 'w', message: 'line\nfeed' }];
    const text = printInspection(inspectionOf([evil], { producer: '\u001b]0;x\u0007', findings }), {
      layers: 20,
      width: 200,
    });
    expect(stripVTControlCharacters(text).replaceAll('\n', '')).not.toMatch(/\p{Cc}|\u202e/u);
    expect(text).toContain('a⟨U+001B⟩[2Jb');
  });
});
