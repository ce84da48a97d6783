import { describe, expect, test } from 'vitest';
import { ortNode } from '../../runtime/ort-node.ts';
import { type Attributes, float, GraphBuilder } from '../../testing/build-graph.ts';
import { expectGradients } from '../../testing/expect-gradients.ts';
import { f32, floats, int64 } from '../../testing/tensors.ts';
import { interpolationMatrix } from './interpolation-matrix.ts';

const runner = await ortNode();

interface Case {
  readonly attributes: Attributes;
  readonly scales?: readonly number[];
  readonly sizes?: readonly number[];
  readonly region?: readonly number[];
  readonly shape?: readonly number[];
}

const coordinates = [
  'half_pixel',
  'half_pixel_symmetric',
  'pytorch_half_pixel',
  'align_corners',
  'asymmetric',
];

const cases: Case[] = [
  ...['nearest', 'linear', 'cubic'].flatMap((mode) =>
    coordinates.flatMap((how): Case[] => {
      const attributes = { mode, coordinate_transformation_mode: how };
      return [
        { attributes, scales: [1, 1, 2, 2] },
        { attributes, scales: [1, 1, 0.6, 1.7] },
        { attributes, sizes: [2, 3, 3, 11] },
        { attributes, sizes: [2, 3, 1, 1] },
      ];
    }),
  ),
  ...['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'].map((rounding) => ({
    attributes: { mode: 'nearest', nearest_mode: rounding },
    scales: [1, 1, 0.5, 2.5],
  })),
  { attributes: { mode: 'cubic', exclude_outside: 1, cubic_coeff_a: float(-0.5) }, scales: [1, 1, 1.5, 2] },
  { attributes: { mode: 'linear', antialias: 1 }, scales: [1, 1, 0.5, 0.4] },
  { attributes: { mode: 'cubic', antialias: 1 }, scales: [1, 1, 0.5, 0.7] },
  { attributes: { mode: 'cubic', antialias: 1, exclude_outside: 1 }, scales: [1, 1, 0.5, 0.7] },
  { attributes: { mode: 'linear', axes: [2, 3] }, scales: [1.5, 0.8] },
  { attributes: { mode: 'linear', axes: [3, 2], keep_aspect_ratio_policy: 'not_larger' }, sizes: [9, 8] },
  { attributes: { mode: 'nearest', axes: [3, 2], keep_aspect_ratio_policy: 'not_smaller' }, sizes: [9, 8] },
  {
    attributes: { mode: 'linear', coordinate_transformation_mode: 'tf_crop_and_resize' },
    sizes: [2, 3, 4, 4],
    region: [0, 0, 0.2, -0.3, 1, 1, 0.7, 1.2],
  },
  { attributes: { mode: 'nearest', coordinate_transformation_mode: 'asymmetric' }, scales: [1, 1, 3, 2] },
  { attributes: { mode: 'linear' }, shape: [1, 1, 7], scales: [1, 1, 2] },
  { attributes: { mode: 'nearest' }, shape: [1, 2, 3, 4, 5], scales: [1, 1, 2, 2, 1] },
];

describe('Resize', () => {
  test.each(cases)('$attributes $scales $sizes', async ({ attributes, scales, sizes, region, shape }) => {
    const full = shape ?? [2, 3, 5, 6];
    const b = new GraphBuilder();
    const inputs = [
      b.input('x', full),
      region && b.constant('roi', floats([region.length], region)),
      scales && b.constant('scales', floats([scales.length], scales)),
      sizes && b.constant('sizes', int64(sizes)),
    ];
    const y = b.node('Resize', sizes ? inputs : inputs.slice(0, 3), { attributes });
    const worst = await expectGradients(runner, b.model(19, y), {
      feeds: { x: f32(full, 'x') },
      step: 0.5,
      tolerance: 1e-4,
    });
    expect(worst).toBeLessThan(1e-4);
  });

  test('every new element is a mean of old ones', () => {
    for (const mode of ['nearest', 'linear', 'cubic']) {
      const matrix = interpolationMatrix({
        from: 5,
        to: 12,
        scale: 2.4,
        mode,
        coordinates: 'half_pixel',
        rounding: 'floor',
        cubic: -0.75,
        excludesOutside: false,
        antialias: false,
        region: [0, 1],
      });
      for (let row = 0; row < 12; row++) {
        const sum = matrix.slice(row * 5, row * 5 + 5).reduce((total, weight) => total + weight, 0);
        expect(sum, `${mode} row ${row}`).toBeCloseTo(1, 6);
      }
    }
  });
});
