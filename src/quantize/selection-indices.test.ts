import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleIndices } from '../data/sample-indices.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { memoryDataset } from '../testing/memory-dataset.ts';
import { selectionIndices } from './selection-indices.ts';

const runner = await ortNode();

function run(length: number, calibrated: number, seed = 0) {
  const dataset = memoryDataset(Array.from({ length }, (_, i) => [i]));
  return { runner, dataset, indices: sampleIndices(length, calibrated, seed) };
}

describe('selectionIndices', () => {
  it('never takes a sample that was calibrated on, nor any twice', () => {
    fc.assert(
      fc.property(fc.integer({ min: 50, max: 400 }), fc.nat(200), fc.nat(9), (free, calibrated, seed) => {
        const calibration = run(free + calibrated, calibrated, seed);
        const { indices, warnings } = selectionIndices(calibration, 100, seed);
        expect(warnings).toEqual([]);
        expect(indices.length).toBe(Math.min(free, 100));
        expect(new Set([...indices, ...calibration.indices]).size).toBe(indices.length + calibrated);
      }),
    );
  });

  it('says so where too few are left, and takes of all', () => {
    const { indices, warnings } = selectionIndices(run(120, 100), 500, 0);
    expect(Array.from(indices).sort((a, b) => a - b)).toEqual(Array.from({ length: 120 }, (_, i) => i));
    expect(warnings).toEqual([
      {
        code: 'few-selection-samples',
        where: 'in memory',
        message: 'Only 20 samples of in memory were not calibrated on: layers were chosen on all.',
      },
    ]);
  });

  it('draws the same for the same seed, and others for another', () => {
    const draw = (seed: number) => Array.from(selectionIndices(run(500, 100), 50, seed).indices);
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
  });
});
