import { describe, expect, it } from 'vitest';
import { cloneModel } from '../onnx/clone-model.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { Value } from '../onnx/ir/value.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { type Attributes, float, GraphBuilder } from '../testing/build-graph.ts';
import { expectClose } from '../testing/expect-close.ts';
import { randomFeeds } from '../testing/random-feeds.ts';
import { runModel } from '../testing/run-model.ts';
import { floats, int64 } from '../testing/tensors.ts';
import { absorbedNames } from './absorb.ts';
import { cleaningPasses } from './clean.ts';
import type { Pass } from './pass.ts';

const runner = await ortNode();
/** Folded weights are rounded once more to float32; sums of a few dozen products. */
const RTOL = 1e-5;

/** Runs one pass; checks that outputs stay, and that a second run finds nothing. Gives back the rewritten model. */
async function rewrite(pass: string, model: Model, expectedChanges: number): Promise<Model> {
  const record = cleaningPasses.find(({ name }) => name === pass) as Pass;
  const feeds = randomFeeds(model);
  const before = await runModel(runner, model, feeds);
  const result = cloneModel(model);
  expect(await record.run(result, { runner })).toBe(expectedChanges);
  expectClose(await runModel(runner, result, feeds), before, RTOL);
  expect(await record.run(result, { runner })).toBe(0);
  return result;
}

async function refuses(pass: string, model: Model): Promise<void> {
  const before = operators(model);
  expect(operators(await rewrite(pass, model, 0))).toEqual(before);
}

function operators(model: Model): string[] {
  return [...model.graph.nodes].map((node) => node.opType);
}

/** A convolution of x[1, 2, 5, 5] by w[4, 2 / group, 3, 3]. */
function conv(b: GraphBuilder, attributes: Attributes = {}, x?: Value, bias?: Value): Value {
  const data = x ?? b.input('x', [1, 2, 5, 5]);
  const group = typeof attributes.group === 'number' ? attributes.group : 1;
  const weight = b.weights('w', [4, 2 / group, 3, 3]);
  return b.node('Conv', [data, weight, bias], { name: 'conv', outputs: ['conv_out'], attributes });
}

function norm(b: GraphBuilder, x: Value, channels = 4, attributes: Attributes = {}): Value {
  const parameters = ['gamma', 'beta', 'mean'].map((name) => b.weights(name, [channels]));
  const spread = Array.from({ length: channels }, (_, c) => 0.1 + c);
  const variance = b.constant('variance', floats([channels], spread));
  return b.node('BatchNormalization', [x, ...parameters, variance], {
    name: 'bn',
    outputs: ['bn_out'],
    attributes,
  });
}

describe('fold-batch-normalization', () => {
  const pass = 'fold-batch-normalization';

  it.each([
    ['a convolution', {}],
    ['a grouped one', { group: 2 }],
  ])('folds into %s', async (_, attributes) => {
    const b = new GraphBuilder();
    const model = await rewrite(pass, b.model(13, norm(b, conv(b, attributes))), 1);
    expect(operators(model)).toEqual(['Conv']);
    const [layer] = model.graph.nodes;
    expect(layer.output.name).toBe('bn_out');
    expect(absorbedNames(layer)).toEqual(['bn']);
  });

  it('folds into a depthwise convolution with a bias, and keeps an own epsilon', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [1, 4, 5, 5]);
    const inputs = [x, b.weights('w', [4, 1, 3, 3]), b.weights('bias', [4])];
    const y = b.node('Conv', inputs, { attributes: { group: 4, pads: [1, 1, 1, 1] } });
    const model = await rewrite(pass, b.model(13, norm(b, y, 4, { epsilon: float(0.01) })), 1);
    expect(operators(model)).toEqual(['Conv']);
  });

  it.each([0, 1])('folds into a Gemm with transB = %i', async (transB) => {
    const b = new GraphBuilder();
    const inputs = [b.input('x', [2, 3]), b.weights('w', transB ? [4, 3] : [3, 4]), b.weights('c', [1, 4])];
    const y = b.node('Gemm', inputs, { attributes: { transB } });
    expect(operators(await rewrite(pass, b.model(13, norm(b, y)), 1))).toEqual(['Gemm']);
  });

  it('folds weights that two layers share into one of them only', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [1, 2, 5, 5]);
    const w = b.weights('w', [4, 2, 3, 3]);
    const folded = norm(b, b.node('Conv', [x, w]));
    const model = await rewrite(pass, b.model(13, folded, b.node('Conv', [x, w])), 1);
    expect(operators(model)).toEqual(['Conv', 'Conv']);
  });

  const refusals: Record<string, (b: GraphBuilder) => Model> = {
    'a layer with two readers': (b) => {
      const y = conv(b);
      return b.model(13, norm(b, y), b.node('Relu', [y]));
    },
    'a layer whose sums are an output': (b) => {
      const y = conv(b);
      return b.model(13, norm(b, y), y);
    },
    'parameters that are not constant': (b) => {
      const y = conv(b);
      const gamma = b.input('gamma', [4]);
      const rest = ['beta', 'mean'].map((name) => b.weights(name, [4]));
      const variance = b.constant('variance', floats([4], [1, 2, 3, 4]));
      return b.model(13, b.node('BatchNormalization', [y, gamma, ...rest, variance]));
    },
    'weights that are not constant': (b) => {
      const w = b.input('w', [4, 2, 3, 3]);
      return b.model(13, norm(b, b.node('Conv', [b.input('x', [1, 2, 5, 5]), w])));
    },
    'training mode': (b) => {
      const parameters = ['gamma', 'beta', 'mean'].map((name) => b.weights(name, [4]));
      const variance = b.constant('variance', floats([4], [1, 2, 3, 4]));
      const y = b.node('BatchNormalization', [conv(b), ...parameters, variance], {
        outputs: ['y', 'running_mean', 'running_var'],
        attributes: { training_mode: 1 },
      });
      return b.model(15, y);
    },
    'alpha that is not 1': (b) => {
      const inputs = [b.input('x', [2, 3]), b.weights('w', [3, 4])];
      return b.model(13, norm(b, b.node('Gemm', inputs, { attributes: { alpha: float(0.5) } })));
    },
    'a bias of one number a row': (b) => {
      const inputs = [b.input('x', [4, 3]), b.weights('w', [3, 4]), b.weights('c', [4, 1])];
      return b.model(13, norm(b, b.node('Gemm', inputs)));
    },
    'an input that is no layer': (b) => b.model(13, norm(b, b.node('Relu', [b.input('x', [1, 4, 5, 5])]))),
    'a transposed convolution': (b) => {
      const inputs = [b.input('x', [1, 2, 5, 5]), b.weights('w', [2, 4, 3, 3])];
      return b.model(13, norm(b, b.node('ConvTranspose', inputs)));
    },
    'a layer that comes after an operator without its first output': (b) => {
      const gru = b.nodeOf(
        'GRU',
        [b.input('x', [2, 4, 3]), b.weights('w', [1, 12, 3]), b.weights('r', [1, 12, 4])],
        {
          outputs: ['', 'h'],
          attributes: { hidden_size: 4 },
        },
      );
      const state = gru.outputs[1] as Value;
      return b.model(13, norm(b, state));
    },
  };
  it.each(Object.entries(refusals))('leaves %s alone', async (_, build) =>
    refuses(pass, build(new GraphBuilder())),
  );

  it('leaves a dead channel alone whose factor float32 cannot hold', async () => {
    const b = new GraphBuilder();
    const y = conv(b);
    const parameters = [floats([4], [1e30, 1, 1, 1]), floats([4], [0, 0, 0, 0]), floats([4], [0, 0, 0, 0])];
    const variance = b.constant('variance', floats([4], [1e-36, 1, 1, 1]));
    const inputs = [y, ...parameters.map((tensor, i) => b.constant(`p${i}`, tensor)), variance];
    const model = b.model(13, b.node('BatchNormalization', inputs, { attributes: { epsilon: float(0) } }));
    const record = cleaningPasses.find(({ name }) => name === pass) as Pass;
    expect(await record.run(model, { runner })).toBe(0);
  });
});

describe('fold-bias', () => {
  const pass = 'fold-bias';
  const withAdd = (shape: readonly number[], attributes?: Attributes) => (b: GraphBuilder) =>
    b.model(13, b.node('Add', [conv(b, attributes), b.weights('bias', shape)], { name: 'add' }));

  it.each([[[4, 1, 1]], [[1, 4, 1, 1]]])('folds %j behind a convolution', async (shape) => {
    const model = await rewrite(pass, withAdd(shape)(new GraphBuilder()), 1);
    expect(operators(model)).toEqual(['Conv']);
    expect(absorbedNames([...model.graph.nodes][0])).toEqual(['add']);
  });

  it('folds a constant on the left', async () => {
    const b = new GraphBuilder();
    const y = b.node('Add', [b.weights('bias', [4, 1, 1]), conv(b, { group: 2 })]);
    expect(operators(await rewrite(pass, b.model(13, y), 1))).toEqual(['Conv']);
  });

  it.each([[[4]], [[1, 4]]])('writes a product of matrices and %j as Gemm', async (shape) => {
    const b = new GraphBuilder();
    const product = b.node('MatMul', [b.input('x', [2, 3]), b.weights('w', [3, 4])], { name: 'product' });
    const model = await rewrite(pass, b.model(13, b.node('Add', [product, b.weights('c', shape)])), 1);
    expect(operators(model)).toEqual(['Gemm']);
    expect([...model.graph.nodes][0].inputs[2]?.name).toBe('product.bias');
  });

  const matMul = (x: readonly number[], w: readonly number[], c: readonly number[]) => (b: GraphBuilder) => {
    const product = b.node('MatMul', [b.input('x', x), b.weights('w', w)]);
    return b.model(13, b.node('Add', [product, b.weights('c', c)]));
  };
  const refusals: Record<string, (b: GraphBuilder) => Model> = {
    '[C] on NCHW (it lies along the width)': (b) => {
      const weight = b.weights('w', [3, 2, 3, 3]);
      const y = b.node('Conv', [b.input('x', [1, 2, 5, 5]), weight]);
      return b.model(13, b.node('Add', [y, b.weights('bias', [3])]));
    },
    'a scalar': withAdd([]),
    'one number for all': withAdd([1, 1, 1]),
    'a whole map': withAdd([4, 3, 3]),
    'a batch of constants': withAdd([2, 4, 1, 1]),
    'a convolution that has a bias': (b) => {
      const y = conv(b, {}, undefined, b.weights('own', [4]));
      return b.model(13, b.node('Add', [y, b.weights('bias', [4, 1, 1])]));
    },
    'a layer with two readers': (b) => {
      const y = conv(b);
      return b.model(13, b.node('Add', [y, b.weights('bias', [4, 1, 1])]), b.node('Relu', [y]));
    },
    'a layer whose sums are an output': (b) => {
      const y = conv(b);
      return b.model(13, b.node('Add', [y, b.weights('bias', [4, 1, 1])]), y);
    },
    'a layer added to itself': (b) => {
      const y = conv(b);
      return b.model(13, b.node('Add', [y, y]));
    },
    'what is not constant': (b) => b.model(13, b.node('Add', [conv(b), b.input('bias', [4, 1, 1])])),
    'a product of rank 3': matMul([2, 2, 3], [3, 4], [4]),
    'one number a row': matMul([4, 3], [3, 4], [4, 1]),
    'a scalar behind a product': matMul([2, 3], [3, 4], []),
    'a bias of higher rank': matMul([2, 3], [3, 4], [1, 1, 4]),
  };
  it.each(Object.entries(refusals))('leaves %s alone', async (_, build) =>
    refuses(pass, build(new GraphBuilder())),
  );
});

describe('fold-pad', () => {
  const pass = 'fold-pad';
  const withPad =
    (
      pads: readonly number[],
      padAttributes: Attributes = {},
      convAttributes: Attributes = {},
      fill?: number,
    ) =>
    (b: GraphBuilder) => {
      const value = fill === undefined ? undefined : b.constant('fill', floats([], [fill]));
      const inputs = [b.input('x', [1, 2, 5, 5]), b.constant('pads', int64(pads)), value];
      const padded = b.node('Pad', inputs, { name: 'pad', attributes: padAttributes });
      return b.model(13, conv(b, convAttributes, padded));
    };
  const spatial = [0, 0, 1, 2, 0, 0, 3, 0];

  it.each([
    ['', {}, [1, 2, 3, 0]],
    [' with pads of its own', { pads: [1, 1, 0, 0], strides: [2, 2] }, [2, 3, 3, 0]],
    [' marked VALID', { auto_pad: 'VALID' }, [1, 2, 3, 0]],
    [' that is grouped', { group: 2 }, [1, 2, 3, 0]],
  ])('folds into a convolution%s', async (_, attributes, pads) => {
    const model = await rewrite(pass, withPad(spatial, {}, attributes, 0)(new GraphBuilder()), 1);
    expect(operators(model)).toEqual(['Conv']);
    const [layer] = model.graph.nodes;
    expect(layer.ints('pads')).toEqual(pads);
    expect(layer.attributes.has('auto_pad')).toBe(false);
    expect(absorbedNames(layer)).toEqual(['pad']);
  });

  it('folds into two convolutions that read it', async () => {
    const b = new GraphBuilder();
    const padded = b.node('Pad', [b.input('x', [1, 2, 5, 5]), b.constant('pads', int64(spatial))]);
    const model = b.model(13, conv(b, {}, padded), b.node('Conv', [padded, b.weights('v', [1, 2, 1, 1])]));
    expect(operators(await rewrite(pass, model, 1))).toEqual(['Conv', 'Conv']);
  });

  it('folds Pad-2', async () => {
    const b = new GraphBuilder();
    const padded = b.node('Pad', [b.input('x', [1, 2, 5, 5])], { attributes: { pads: spatial } });
    expect(operators(await rewrite(pass, b.model(10, conv(b, {}, padded)), 1))).toEqual(['Conv']);
  });

  const refusals: Record<string, (b: GraphBuilder) => Model> = {
    'a fill that is not zero': withPad(spatial, {}, {}, 1),
    reflection: withPad(spatial, { mode: 'reflect' }),
    cutting: withPad([0, 0, -1, 0, 0, 0, 1, 0]),
    'padded channels': (b) => {
      const padded = b.node('Pad', [
        b.input('x', [1, 1, 5, 5]),
        b.constant('pads', int64([0, 1, 0, 0, 0, 0, 0, 0])),
      ]);
      return b.model(13, conv(b, {}, padded));
    },
    'a convolution that pads by itself': withPad(spatial, {}, { auto_pad: 'SAME_UPPER' }),
    'a second reader that is none': (b) => {
      const padded = b.node('Pad', [b.input('x', [1, 2, 5, 5]), b.constant('pads', int64(spatial))]);
      return b.model(13, conv(b, {}, padded), b.node('Relu', [padded]));
    },
    'a padded map that is an output': (b) => {
      const padded = b.node('Pad', [b.input('x', [1, 2, 5, 5]), b.constant('pads', int64(spatial))]);
      return b.model(13, conv(b, {}, padded), padded);
    },
    'pads that are not constant': (b) => {
      const pads = b.node('Mul', [
        b.input('p', [8], 'int64'),
        b.constant('m', int64([0, 0, 1, 1, 0, 0, 1, 1])),
      ]);
      return b.model(13, conv(b, {}, b.node('Pad', [b.input('x', [1, 2, 5, 5]), pads])));
    },
    'a kernel that is padded': (b) => {
      const pads = b.constant('pads', int64([0, 0, 1, 1, 0, 0, 1, 1]));
      const kernel = b.node('Pad', [b.weights('w', [1, 2, 1, 1]), pads]);
      return b.model(13, b.node('Conv', [b.input('x', [1, 2, 5, 5]), kernel]));
    },
    'pads given for some axes': (b) => {
      const inputs = [
        b.input('x', [1, 2, 5, 5]),
        b.constant('p', int64([1, 1])),
        undefined,
        b.constant('a', int64([2])),
      ];
      return b.model(18, conv(b, {}, b.node('Pad', inputs)));
    },
  };
  it.each(Object.entries(refusals))('leaves %s alone', async (_, build) =>
    refuses(pass, build(new GraphBuilder())),
  );
});

describe('pointwise-to-gemm', () => {
  const pass = 'pointwise-to-gemm';
  const classifier =
    (
      { map = 1, kernel = 1, bias = true, opset = 13, stated = false } = {},
      attributes: Attributes = {},
      axis = 1,
    ) =>
    (b: GraphBuilder) => {
      const x = stated
        ? b.node('Foo', [b.input('x', [1, 2, map, map])], { domain: 'mine' })
        : b.input('x', [1, 2, map, map]);
      const inputs = [x, b.weights('w', [3, 2, kernel, kernel]), bias ? b.weights('c', [3]) : undefined];
      const y = b.node('Conv', inputs, { name: 'conv', attributes });
      return b.model(opset, b.node('Flatten', [y], { name: 'flatten', attributes: { axis } }));
    };

  it.each([true, false])('with a bias: %s', async (bias) => {
    const model = await rewrite(pass, classifier({ bias })(new GraphBuilder()), 1);
    expect(operators(model)).toEqual(['Flatten', 'Gemm']);
    expect(absorbedNames([...model.graph.nodes][1])).toEqual(['flatten']);
  });

  it('behind a global average of a map of unknown size', async () => {
    const b = new GraphBuilder();
    const pooled = b.node('GlobalAveragePool', [b.input('x', ['n', 2, 'h', 'w'])]);
    const y = b.node('Conv', [pooled, b.weights('w', [3, 2, 1, 1])]);
    const model = await rewrite(pass, b.model(13, b.node('Flatten', [y])), 1);
    expect(operators(model)).toEqual(['GlobalAveragePool', 'Flatten', 'Gemm']);
  });

  it.each<[string, (b: GraphBuilder) => Model]>([
    ['a larger map', classifier({ map: 2 })],
    ['a larger kernel', classifier({ map: 3, kernel: 3 })],
    ['padding', classifier({}, { pads: [0, 0, 1, 1] })],
    ['another axis', classifier({}, {}, 2)],
    ['an operator set whose Gemm needs a bias', classifier({ bias: false, opset: 9 })],
  ])('leaves %s alone', async (_, build) => refuses(pass, build(new GraphBuilder())));

  it('does not believe what the file states about a map', async () => {
    const b = new GraphBuilder();
    const model = classifier({ stated: true })(b);
    const [foo] = model.graph.nodes;
    foo.output.type = { kind: 'tensor', dtype: 'float', shape: [1, 2, 1, 1] };
    const record = cleaningPasses.find(({ name }) => name === pass) as Pass;
    expect(await record.run(model, { runner })).toBe(0);
  });
});

describe('remove-identity', () => {
  const pass = 'remove-identity';

  it('removes Identity and Dropout within a chain, and before an output', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [3]);
    const y = b.node('Relu', [b.node('Dropout', [b.node('Identity', [x])])]);
    const z = b.node('Identity', [y], { outputs: ['z'] });
    const model = await rewrite(pass, b.model(13, z, b.node('Neg', [y])), 3);
    expect(operators(model)).toEqual(['Relu', 'Neg']);
    expect(model.graph.outputs[0].name).toBe('z');
  });

  it.each<[string, (b: GraphBuilder) => Model]>([
    ['input to output', (b) => b.model(13, b.node('Identity', [b.input('x', [3])]))],
    [
      'output to output',
      (b) => {
        const y = b.node('Relu', [b.input('x', [3])]);
        return b.model(13, y, b.node('Identity', [y]));
      },
    ],
    ['constant to output', (b) => b.model(13, b.node('Identity', [b.weights('c', [3])]))],
    [
      'a dropout whose mask is read',
      (b) => {
        const node = b.nodeOf('Dropout', [b.input('x', [3])], { outputs: ['y', 'mask'] });
        return b.model(13, b.node('Relu', [node.output]), node.outputs[1] as Value);
      },
    ],
  ])('leaves %s alone', async (_, build) => refuses(pass, build(new GraphBuilder())));
});

describe('freeze-initializers', () => {
  it('takes weights off the inputs, and raises the IR version', async () => {
    const b = new GraphBuilder();
    const w = b.weights('w', [3]);
    const model = b.model(8, b.node('Add', [b.input('x', [3]), w]));
    model.graph.inputs.push(w);
    model.irVersion = 3;
    const frozen = await rewrite('freeze-initializers', model, 1);
    expect(frozen.graph.inputs.map((value) => value.name)).toEqual(['x']);
    expect(frozen.irVersion).toBe(4);
  });
});
