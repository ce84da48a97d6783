import { describe, test } from 'vitest';
import type { Value } from '../../onnx/ir/value.ts';
import { ortNode } from '../../runtime/ort-node.ts';
import { type Attributes, float, GraphBuilder } from '../../testing/build-graph.ts';
import { expectGradients } from '../../testing/expect-gradients.ts';
import { f32, floats } from '../../testing/tensors.ts';

const runner = await ortNode();

async function check(
  type: string,
  shapes: readonly (readonly number[])[],
  options: {
    attributes?: Attributes;
    opset?: number;
    constants?: (b: GraphBuilder) => Value[];
    outputs?: string[];
  } = {},
): Promise<void> {
  const b = new GraphBuilder();
  const inputs = shapes.map((shape, i) => b.input(`x${i}`, shape));
  const { attributes = {}, constants, outputs = ['y'] } = options;
  const node = b.nodeOf(type, [...inputs, ...(constants?.(b) ?? [])], { attributes, outputs });
  const feeds = Object.fromEntries(shapes.map((shape, i) => [`x${i}`, f32(shape, `${type}${i}`)]));
  await expectGradients(runner, b.model(options.opset ?? 18, node.output), {
    feeds,
    step: 3e-3,
    tolerance: 5e-3,
  });
}

const statistics = (b: GraphBuilder) => [
  b.constant('mean', floats([3], [0.1, -0.2, 0.3])),
  b.constant('var', floats([3], [1.5, 0.5, 1])),
];

describe('normalizations', () => {
  test('BatchNormalization, frozen', () =>
    check('BatchNormalization', [[4, 3, 5], [3], [3]], { constants: statistics }));
  test('BatchNormalization, training', () =>
    check('BatchNormalization', [[4, 3, 5, 2], [3], [3]], {
      constants: statistics,
      attributes: { training_mode: 1 },
      outputs: ['y', 'm', 'v'],
    }));
  test('BatchNormalization, training, with the statistics the node gives', () =>
    check('BatchNormalization', [[4, 3, 5, 2], [3], [3]], {
      constants: statistics,
      attributes: { training_mode: 1, momentum: float(0), epsilon: float(0.01) },
      outputs: ['y', 'm', 'v'],
    }));
  test('BatchNormalization of vectors, training', () =>
    check('BatchNormalization', [[6, 3], [3], [3]], {
      constants: statistics,
      attributes: { training_mode: 1 },
      outputs: ['y', 'm', 'v'],
    }));
  test('InstanceNormalization', () => check('InstanceNormalization', [[2, 3, 4, 5], [3], [3]]));
  test('GroupNormalization', () =>
    check('GroupNormalization', [[2, 6, 4, 5], [6], [6]], { attributes: { num_groups: 3 }, opset: 21 }));
  test.each([-1, 1])('LayerNormalization from axis %i', (axis) =>
    check('LayerNormalization', [[2, 3, 4], [2, 3, 4].slice(axis), [2, 3, 4].slice(axis)], {
      attributes: { axis },
    }),
  );
  test('RMSNormalization', () => check('RMSNormalization', [[2, 3, 6], [6]], { opset: 23 }));
  test.each([1, 2])('LpNormalization, p = %i', (p) =>
    check('LpNormalization', [[3, 7]], { attributes: { axis: 1, p } }),
  );
});

describe('losses', () => {
  const classes = (shape: number[], values: number[]) => (b: GraphBuilder) => [
    b.constant('t', { dtype: 'int64', shape, data: BigInt64Array.from(values, BigInt) }),
  ];
  const cases: [string, Attributes, boolean][] = ['mean', 'sum', 'none'].flatMap((reduction) =>
    [false, true].flatMap((isWeighted): [string, Attributes, boolean][] => [
      [`${reduction}, weighted ${isWeighted}`, { reduction }, isWeighted],
      [`${reduction}, weighted ${isWeighted}, one ignored`, { reduction, ignore_index: 2 }, isWeighted],
    ]),
  );
  test.each(cases)('SoftmaxCrossEntropyLoss, %s', (_, attributes, isWeighted) =>
    check('SoftmaxCrossEntropyLoss', [[4, 3]], {
      attributes,
      constants: (b) => [
        ...classes([4], [0, 2, 1, 2])(b),
        ...(isWeighted ? [b.constant('w', floats([3], [0.5, 1, 2]))] : []),
      ],
    }),
  );
  test.each(cases)('NegativeLogLikelihoodLoss, %s', (_, attributes, isWeighted) =>
    check('NegativeLogLikelihoodLoss', [[2, 3, 2]], {
      attributes,
      constants: (b) => [
        ...classes([2, 2], [0, 2, 1, 2])(b),
        ...(isWeighted ? [b.constant('w', floats([3], [0.5, 1, 2]))] : []),
      ],
    }),
  );
});

test('a scale written with alpha', () => check('LeakyRelu', [[5]], { attributes: { alpha: float(0.5) } }));
