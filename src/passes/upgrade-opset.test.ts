import { describe, expect, it } from 'vitest';
import type { PareError } from '../base/pare-error.ts';
import type { Tensor } from '../base/tensor.ts';
import { cloneModel } from '../onnx/clone-model.ts';
import type { Model } from '../onnx/ir/model.ts';
import { readModel } from '../onnx/read/read-model.ts';
import { opOf } from '../ops/index.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { float, GraphBuilder, subgraph } from '../testing/build-graph.ts';
import { expectClose } from '../testing/expect-close.ts';
import { hasOnnxCases, type OnnxCase, onnxCases } from '../testing/onnx-cases.ts';
import { randomFeeds } from '../testing/random-feeds.ts';
import { runModel } from '../testing/run-model.ts';
import { f32, floats, int64 } from '../testing/tensors.ts';
import { upgradeOpset } from './upgrade-opset.ts';

const runner = await ortNode();
/** The rewritten node runs the same kernel on the same numbers; only flattened softmaxes may add in another order. */
const RTOL = 1e-6;

async function expectSameAfter(
  model: Model,
  target: number,
  feeds: Record<string, Tensor> = randomFeeds(model),
): Promise<void> {
  const before = await runModel(runner, model, feeds);
  const upgraded = cloneModel(model);
  expect(await upgradeOpset(upgraded, target)).toBe(Math.max(0, target - model.opset));
  expect(upgraded.opset).toBe(Math.max(target, model.opset));
  expectClose(await runModel(runner, upgraded, feeds), before, RTOL);
  expect(await upgradeOpset(upgraded, target)).toBe(0);
}

/** One node of an old operator set on one float input. */
function oneNode(
  opType: string,
  opset: number,
  shape: readonly number[],
  attributes: NonNullable<Parameters<GraphBuilder['node']>[2]>['attributes'] = {},
  outputs: readonly string[] = ['y'],
): Model {
  const b = new GraphBuilder();
  const x = b.input('x', shape);
  const node = b.nodeOf(opType, [x], { name: 'n', attributes, outputs });
  return b.model(opset, ...node.outputs.filter((value) => value !== undefined));
}

/** The scales could lie on either side of 1, where the nearest index is another. */
function computedResize(): Model {
  const b = new GraphBuilder();
  const inputs = [b.input('x', [1, 1, 2, 2]), b.input('scales', [4])];
  return b.model(10, b.node('Resize', inputs, { name: 'n' }));
}

const oldForms: Record<string, () => Model> = {
  'Clip-6 with both bounds': () => oneNode('Clip', 7, [2, 9], { min: float(-0.5), max: float(0.5) }),
  'Clip-6 with a maximum': () => oneNode('Clip', 7, [2, 9], { max: float(0.25) }),
  'Clip-6 without bounds': () => oneNode('Clip', 10, [2, 9]),
  'Pad-2': () => oneNode('Pad', 7, [2, 3], { pads: [1, 0, 0, 2], value: float(1.5) }),
  'Pad-2 that cuts': () => oneNode('Pad', 10, [2, 3], { pads: [0, -1, 1, 0] }),
  'Pad-2 reflecting': () => oneNode('Pad', 10, [2, 4], { pads: [0, 2, 0, 1], mode: 'reflect' }),
  'Slice-1': () => oneNode('Slice', 7, [4, 5], { starts: [1, -3], ends: [9, -1] }),
  'Slice-1 with axes': () => oneNode('Slice', 9, [4, 5], { starts: [1], ends: [3], axes: [1] }),
  'Squeeze-1': () => oneNode('Squeeze', 7, [1, 3, 1], { axes: [0] }),
  'Squeeze-1 of all': () => oneNode('Squeeze', 11, [1, 3, 1]),
  'Unsqueeze-1': () => oneNode('Unsqueeze', 7, [3], { axes: [0, 2] }),
  'ReduceSum-1': () => oneNode('ReduceSum', 7, [2, 3, 4], { axes: [1], keepdims: 0 }),
  'ReduceSum-1 of all': () => oneNode('ReduceSum', 11, [2, 3, 4]),
  'Split-2': () => oneNode('Split', 7, [6, 2], { split: [1, 5] }, ['a', 'b']),
  'Split-2 in equal parts': () => oneNode('Split', 11, [2, 6], { axis: 1 }, ['a', 'b', 'c']),
  'TopK-1': () => oneNode('TopK', 9, [2, 6], { k: 3 }, ['values', 'indices']),
  'Dropout-7': () => oneNode('Dropout', 7, [2, 3], { ratio: float(0.3) }),
  'Dropout-10': () => oneNode('Dropout', 10, [2, 3]),
  'Softmax-1 on the last axis': () => oneNode('Softmax', 7, [2, 5]),
  'Softmax-1 over two axes': () => oneNode('Softmax', 7, [2, 3, 4]),
  'Softmax-1 from axis 2 of 4': () => oneNode('Softmax', 9, [2, 3, 4, 2], { axis: 2 }),
  'Softmax-11 from axis -2': () => oneNode('Softmax', 11, [2, 3, 4], { axis: -2 }),
  'LogSoftmax-1 from axis 0': () => oneNode('LogSoftmax', 7, [2, 3], { axis: 0 }),
  'Hardmax-1 over two axes': () => oneNode('Hardmax', 7, [2, 3, 4]),
  'Flatten-1': () => oneNode('Flatten', 7, [2, 3, 4], { axis: 2 }),
  'BatchNormalization-7': () => {
    const b = new GraphBuilder();
    const parameters = ['scale', 'bias', 'mean'].map((name) => b.weights(name, [3]));
    const variance = b.constant('variance', floats([3], [0.5, 1, 2]));
    const x = b.input('x', [2, 3, 4, 4]);
    return b.model(
      7,
      b.node('BatchNormalization', [x, ...parameters, variance], { attributes: { spatial: 1 } }),
    );
  },
  'Upsample-7': () =>
    oneNode('Upsample', 7, [1, 2, 3, 4], { scales: { type: 'FLOATS', value: [1, 1, 2, 3] } }),
  'Upsample-7 between pixels': () =>
    oneNode('Upsample', 7, [1, 2, 3, 4], { mode: 'linear', scales: { type: 'FLOATS', value: [1, 1, 2, 2] } }),
  ...Object.fromEntries(
    ['nearest', 'linear'].flatMap((mode) =>
      [9, 10].map((opset): [string, () => Model] => [
        `${opset === 9 ? 'Upsample' : 'Resize'}-${opset} ${mode}`,
        () => {
          const b = new GraphBuilder();
          const scales = b.constant('scales', floats([4], [1, 1, 2, 1.5]));
          const opType = opset === 9 ? 'Upsample' : 'Resize';
          const inputs = [b.input('x', [1, 2, 4, 6]), scales];
          return b.model(opset, b.node(opType, inputs, { attributes: { mode } }));
        },
      ]),
    ),
  ),
  'Resize-10 to fewer and more': () => {
    const b = new GraphBuilder();
    const scales = b.constant('scales', floats([4], [1, 1, 2.5, 0.4]));
    return b.model(10, b.node('Resize', [b.input('x', [1, 2, 5, 11]), scales]));
  },
  'Resize-10 to fewer': () => {
    const b = new GraphBuilder();
    const scales = b.constant('scales', floats([4], [1, 1, 0.5, 0.4]));
    return b.model(10, b.node('Resize', [b.input('x', [1, 2, 9, 11]), scales]));
  },
  'Gemm-7': () => {
    const b = new GraphBuilder();
    const [x, w, c] = [b.input('x', [2, 3]), b.weights('w', [4, 3]), b.weights('c', [4])];
    return b.model(
      7,
      b.node('Gemm', [x, w, c], { attributes: { transB: 1, alpha: float(0.5), beta: float(2) } }),
    );
  },
};

describe('upgradeOpset keeps what a model computes', () => {
  it.each(Object.entries(oldForms))('%s to 13', (_, build) => expectSameAfter(build(), 13));
  it.each(Object.entries(oldForms))('%s to 26', (_, build) => expectSameAfter(build(), 26));
  it.each(Object.entries(oldForms))('%s to 18', (_, build) => expectSameAfter(build(), 18));

  it.each([
    ...['ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceProd', 'ReduceL1', 'ReduceL2', 'ReduceSumSquare'],
    'ReduceLogSumExp',
  ])('%s-13 to 18', async (opType) => {
    await expectSameAfter(oneNode(opType, 13, [2, 3, 4], { axes: [0, -1] }), 18);
    await expectSameAfter(oneNode(opType, 11, [2, 3, 4], { keepdims: 0 }), 18);
  });

  // ONNX Runtime has no Clip-6 for it, so the values are compared with the attributes' meaning.
  it('Clip-6 and Pad-2 of double data get constants of their type', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [4], 'double');
    const padded = b.node('Pad', [x], { attributes: { pads: [1, 1], value: float(0.125) } });
    const model = b.model(10, b.node('Clip', [padded], { attributes: { min: float(0), max: float(0.5) } }));
    await upgradeOpset(model, 13);
    const data = Float64Array.from([-1, 0.25, 0.75, 0.5]);
    const { clip } = await runModel(runner, model, { x: { dtype: 'double', shape: [4], data } });
    expect([...clip.data]).toEqual([0.125, 0, 0.25, 0.5, 0.5, 0.125]);
  });

  it('Clip-6 of half-precision data gets bounds of its type', async () => {
    const b = new GraphBuilder();
    const half = b.node('Cast', [b.input('x', [4])], { attributes: { to: 10 } });
    const clipped = b.node('Clip', [half], { attributes: { min: float(0), max: float(0.5) } });
    const model = b.model(10, b.node('Cast', [clipped], { attributes: { to: 1 } }));
    const upgraded = cloneModel(model);
    await upgradeOpset(upgraded, 13);
    const { cast_1: y } = await runModel(runner, upgraded, { x: floats([4], [-1, 0.25, 0.75, 0.5]) });
    expect([...y.data]).toEqual([0, 0.25, 0.5, 0.5]);
  });

  it('GroupNormalization-18 gets one scale and bias a channel', async () => {
    const b = new GraphBuilder();
    const parameters = [b.constant('s', floats([2], [2, 3])), b.constant('b', floats([2], [0.5, -1]))];
    const y = b.node('GroupNormalization', [b.input('x', [1, 4, 2]), ...parameters], {
      attributes: { num_groups: 2 },
    });
    const model = b.model(18, y);
    await upgradeOpset(model, 21);
    const x = floats([1, 4, 2], [1, -1, 1, -1, 3, 1, 3, 1]);
    const { [y.name]: got } = await runModel(runner, model, { x });
    // Both groups have deviation 1 around 0 and 2: ±1 times the group's scale, plus its bias.
    [2.5, -1.5, 2.5, -1.5, 2, -4, 2, -4].forEach((want, i) => {
      expect(got.data[i]).toBeCloseTo(want, 3);
    });
  });

  it.each(['bilinear', 'bicubic', 'nearest'])('GridSample-16 %s', async (mode) => {
    const b = new GraphBuilder();
    const grid = b.constant('grid', f32([1, 3, 2, 2], 'grid', 0.4));
    const y = b.node('GridSample', [b.input('x', [1, 2, 4, 5]), grid], { attributes: { mode } });
    await expectSameAfter(b.model(16, y), 20);
  });

  it('DFT-17 along its axis', async () => {
    const b = new GraphBuilder();
    const attributes = { axis: 1, onesided: 1 };
    await expectSameAfter(b.model(17, b.node('DFT', [b.input('x', [1, 8, 3, 1])], { attributes })), 20);
  });

  it('RoiAlign-10 without half pixels', async () => {
    const b = new GraphBuilder();
    const rois = b.constant('rois', floats([1, 4], [1, 1, 5, 6]));
    const inputs = [b.input('x', [1, 2, 8, 8]), rois, b.constant('batch', int64([0]))];
    const attributes = { output_height: 2, output_width: 3 };
    await expectSameAfter(b.model(11, b.node('RoiAlign', inputs, { attributes })), 16);
  });

  it('Scatter-9', async () => {
    const b = new GraphBuilder();
    const indices = b.constant('i', { ...int64([2, 0]), shape: [1, 2] });
    const updates = b.constant('u', floats([1, 2], [7, 8]));
    await expectSameAfter(b.model(9, b.node('Scatter', [b.input('x', [3, 2]), indices, updates])), 13);
  });

  it('nodes inside the bodies of If, with values of the outer graph', async () => {
    const branch = (name: string, scale: number) => {
      const inner = new GraphBuilder(name);
      const reduced = inner.node('ReduceSum', [x], {
        outputs: [`${name}_sum`],
        attributes: { axes: [1], keepdims: 0 },
      });
      const factor = inner.constant(`${name}_factor`, floats([], [scale]));
      const soft = inner.node('Softmax', [inner.node('Mul', [reduced, factor], { outputs: [`${name}_m`] })], {
        outputs: [`${name}_y`],
        attributes: { axis: 0 },
      });
      return subgraph(inner.ends(soft));
    };
    const b = new GraphBuilder();
    const x = b.input('x', [2, 3]);
    const condition = b.input('c', [], 'bool');
    const y = b.node('If', [condition], {
      attributes: { then_branch: branch('then', 1), else_branch: branch('else', -2) },
    });
    const model = b.model(11, y);
    for (const bit of [0, 1]) {
      const c: Tensor = { dtype: 'bool', shape: [], data: Uint8Array.of(bit) };
      await expectSameAfter(model, 13, { x: f32([2, 3], 'x'), c });
    }
  });

  it('raises the IR version as far as the operator set needs', async () => {
    const model = oneNode('Relu', 8, [2]);
    model.irVersion = 3;
    await upgradeOpset(model, 13);
    expect(model.irVersion).toBe(7);
    await upgradeOpset(model, 21);
    expect(model.irVersion).toBe(10);
  });

  it('a newer model stays as it is', async () => {
    const model = oneNode('Relu', 15, [2]);
    expect(await upgradeOpset(model, 13)).toBe(0);
    expect(model.opset).toBe(15);
  });
});

describe('upgradeOpset on the ONNX backend cases', () => {
  it.skipIf(!hasOnnxCases)('gives the same outputs', { timeout: 60_000 }, async () => {
    let same = 0;
    let refused = 0;
    const wrong: string[] = [];
    for (const onnxCase of onnxCases()) {
      if (onnxCase.ort !== 'pass') continue;
      const model = await readModel(onnxCase.model);
      const { opset } = model;
      if (opset < 7 || opset >= 18 || ![...model.graph.nodes].some(opOf)) continue;
      const feeds = await feedsOf(onnxCase, model);
      if (!feeds) continue;
      try {
        await expectSameAfter(model, opset < 13 ? 13 : 18, feeds);
        same++;
      } catch (error) {
        if ((error as Partial<PareError>).code === 'cannot-upgrade-operator') refused++;
        else wrong.push(`${onnxCase.name}: ${String(error).slice(0, 300)}`);
      }
    }
    console.log(`opset upgrades of backend cases: ${same} same, ${refused} refused`);
    expect(wrong).toEqual([]);
    // Measured: 199.
    expect(same).toBeGreaterThan(150);
  });
});

/** The case's own inputs; undefined where one is no tensor or absent. */
async function feedsOf(onnxCase: OnnxCase, model: Model): Promise<Record<string, Tensor> | undefined> {
  const feeds: Record<string, Tensor> = {};
  for (const [i, value] of model.graph.inputs.entries()) {
    const isReadable = value.type?.kind === 'tensor' && value.type.dtype !== 'string';
    const tensor = isReadable ? await onnxCase.input(i) : undefined;
    if (!tensor) return undefined;
    feeds[value.name] = tensor;
  }
  return feeds;
}

describe('upgradeOpset refuses by name', () => {
  const refusals: Record<string, [model: () => Model, target: number, opType: string, since: number]> = {
    'Resize-10 by scales that are computed': [() => computedResize(), 13, 'Resize', 11],
    'Scan-8': [() => oneNode('Scan', 8, [1, 2, 2]), 13, 'Scan', 9],
    'BatchNormalization-9 in training': [
      () => oneNode('BatchNormalization', 9, [1, 2, 2], {}, ['y', 'mean']),
      14,
      'BatchNormalization',
      14,
    ],
    'BatchNormalization-7 by position': [
      () => oneNode('BatchNormalization', 7, [1, 2, 2], { spatial: 0 }),
      13,
      'BatchNormalization',
      9,
    ],
    'Dropout-7 with its mask': [() => oneNode('Dropout', 7, [2], {}, ['y', 'mask']), 13, 'Dropout', 10],
    'Add-6 that broadcasts': [() => oneNode('Add', 6, [2], { broadcast: 1 }), 13, 'Add', 7],
  };

  it.each(Object.entries(refusals))('%s', async (_, [build, target, opType, since]) => {
    const model = build();
    const from = model.opset;
    await expect(upgradeOpset(model, target)).rejects.toMatchObject({
      code: 'cannot-upgrade-operator',
      message: `Node "n" (${opType}) cannot be rewritten from operator set ${from} to ${target}: version ${since} changed what it means.`,
      where: `n (${opType})`,
      hint: `Export the model again with operator set ${since} or newer.`,
    });
    expect(model.opset).toBe(from);
  });

  it('also inside a body', async () => {
    const inner = new GraphBuilder('then');
    const resized = inner.node('Resize', [inner.input('a', [2]), inner.input('s', [1])], {
      name: 'deep',
      outputs: ['r'],
    });
    const b = new GraphBuilder();
    const body = subgraph(inner.ends(resized));
    const y = b.node('If', [b.input('c', [], 'bool')], { attributes: { then_branch: body } });
    await expect(upgradeOpset(b.model(10, y), 13)).rejects.toMatchObject({ where: 'deep (Resize)' });
  });

  it('not operators of other domains', async () => {
    const b = new GraphBuilder();
    const model = b.model(10, b.node('Resize', [b.input('x', [1])], { domain: 'com.example' }));
    model.opsetImports.set('com.example', 1);
    expect(await upgradeOpset(model, 13)).toBe(3);
  });

  it('functions of the file that hold an operator that changed', async () => {
    const body = new GraphBuilder('F');
    const graph = body.ends(body.node('Squeeze', [body.input('x', [1, 2])], { name: 'inner' }));
    const b = new GraphBuilder();
    const model = b.model(11, b.node('F', [b.input('x', [1, 2])], { domain: 'mine' }));
    model.opsetImports.set('mine', 1);
    model.functions = [
      {
        ...{ name: 'F', domain: 'mine', overload: '', docString: '', graph, foreign: undefined },
        ...{ attributeNames: [], attributeDefaults: new Map(), metadata: new Map() },
        opsetImports: new Map([['', 11]]),
      },
    ];
    await expect(upgradeOpset(model, 13)).rejects.toMatchObject({ where: 'inner (Squeeze)' });
    expect(await upgradeOpset(model, 12)).toBe(1);
  });
});
