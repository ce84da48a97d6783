import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { Model } from '../onnx/ir/model.ts';
import type { Value } from '../onnx/ir/value.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { float, GraphBuilder, subgraph } from '../testing/build-graph.ts';
import { expectClose } from '../testing/expect-close.ts';
import { randomFeeds } from '../testing/random-feeds.ts';
import { runModel } from '../testing/run-model.ts';
import { f32, floats, int64 } from '../testing/tensors.ts';
import { clean } from './clean.ts';

const runner = await ortNode();
/** A handful of layers, each with folded weights rounded once more; relative to the largest output. */
const RTOL = 1e-4;

/** A chain under construction: the value at its end and its shape. */
interface End {
  readonly b: GraphBuilder;
  readonly value: Value;
  readonly shape: readonly number[];
}

/** What a link may vary; each kind takes what it needs. */
interface Choice {
  readonly kind: (typeof kinds)[number];
  readonly size: number;
  readonly flag: boolean;
  /** Also hand this value out. */
  readonly isOutput: boolean;
}

const kinds = [
  ...(['conv', 'depthwise', 'norm', 'relu', 'addChannels', 'addRow', 'addSelf', 'pad', 'padValue'] as const),
  ...(['identity', 'dropout', 'pool', 'flatten', 'gemm', 'matMul', 'constants'] as const),
  ...(['scaleChannels', 'turn', 'reshape', 'wrap', 'neutral', 'twice', 'decided'] as const),
] as const;

type Link = (end: End, choice: Choice, name: string) => End | undefined;

const links: Record<Choice['kind'], Link> = {
  conv({ b, value, shape }, { size, flag }, name) {
    if (shape.length !== 4 || shape[2] < size || shape[3] < size) return undefined;
    const bias = flag ? b.weights(`${name}_b`, [3]) : undefined;
    const inputs = [value, b.weights(`${name}_w`, [3, shape[1], size, size]), bias];
    return shaped(b, b.node('Conv', inputs), [1, 3, shape[2] - size + 1, shape[3] - size + 1]);
  },
  depthwise({ b, value, shape }, { flag }, name) {
    if (shape.length !== 4 || shape[2] > 12) return undefined;
    const attributes = { group: shape[1], ...(flag ? { pads: [1, 1, 1, 1] } : { auto_pad: 'SAME_UPPER' }) };
    return shaped(
      b,
      b.node('Conv', [value, b.weights(`${name}_w`, [shape[1], 1, 3, 3])], { attributes }),
      shape,
    );
  },
  norm({ b, value, shape }, { flag }, name) {
    const channels = shape[1];
    const parameters = ['g', 'b', 'm'].map((part) => b.weights(`${name}_${part}`, [channels]));
    const variance = b.constant(
      `${name}_v`,
      floats(
        [channels],
        Array.from({ length: channels }, (_, i) => 0.5 + i),
      ),
    );
    const attributes = flag ? { epsilon: float(0.01) } : {};
    return shaped(b, b.node('BatchNormalization', [value, ...parameters, variance], { attributes }), shape);
  },
  relu: ({ b, value, shape }) => shaped(b, b.node('Relu', [value]), shape),
  addChannels({ b, value, shape }, { flag }, name) {
    const trailing = shape.slice(2).map(() => 1);
    const constant = b.weights(`${name}_c`, flag ? [1, shape[1], ...trailing] : [shape[1], ...trailing]);
    return shaped(b, b.node('Add', flag ? [constant, value] : [value, constant]), shape);
  },
  addRow: ({ b, value, shape }, _, name) =>
    shaped(b, b.node('Add', [value, b.weights(`${name}_c`, [shape[shape.length - 1]])]), shape),
  addSelf: ({ b, value, shape }) => shaped(b, b.node('Add', [value, b.node('Relu', [value])]), shape),
  pad: (end, { size }, name) => padded(end, size, 0, name),
  padValue: (end, { size }, name) => padded(end, size, 0.5, name),
  identity: ({ b, value, shape }) => shaped(b, b.node('Identity', [value]), shape),
  dropout: ({ b, value, shape }) => shaped(b, b.node('Dropout', [value]), shape),
  pool: ({ b, value, shape }) =>
    shape.length === 4
      ? shaped(b, b.node('GlobalAveragePool', [value]), [shape[0], shape[1], 1, 1])
      : undefined,
  flatten: ({ b, value, shape }) =>
    shaped(b, b.node('Flatten', [value]), [shape[0], shape.slice(1).reduce((x, y) => x * y, 1)]),
  gemm({ b, value, shape }, { flag, size }, name) {
    if (shape.length !== 2) return undefined;
    const inputs = [value, b.weights(`${name}_w`, flag ? [size, shape[1]] : [shape[1], size])];
    if (size > 1) inputs.push(b.weights(`${name}_c`, flag ? [size] : [1, size]));
    const attributes = { transB: flag ? 1 : 0, ...(size === 3 && { alpha: float(0.5) }) };
    return shaped(b, b.node('Gemm', inputs, { attributes }), [shape[0], size]);
  },
  matMul: ({ b, value, shape }, { size }, name) =>
    shape.length === 2
      ? shaped(b, b.node('MatMul', [value, b.weights(`${name}_w`, [shape[1], size])]), [shape[0], size])
      : undefined,
  scaleChannels({ b, value, shape }, { flag, size }, name) {
    const trailing = shape.slice(2).map(() => 1);
    const operands = [value, b.weights(`${name}_c`, [shape[1], ...trailing])];
    return shaped(b, b.node(['Mul', 'Sub', 'Mul'][size - 1], flag ? operands : operands.reverse()), shape);
  },
  turn({ b, value, shape }, { flag }) {
    const perm = [...shape.keys()].reverse();
    const turned = b.node('Transpose', [value], { attributes: { perm } });
    const back = b.node('Transpose', [flag ? b.node('Relu', [turned]) : turned], { attributes: { perm } });
    return shaped(b, back, shape);
  },
  /** To a shape reckoned from the tensor's own. */
  reshape({ b, value, shape }, { flag }, name) {
    const part = (from: number, to: number, suffix: string) =>
      b.node('Slice', [
        b.node('Shape', [value]),
        b.constant(`${name}_${suffix}0`, int64([from])),
        b.constant(`${name}_${suffix}1`, int64([to])),
      ]);
    const parts = [part(0, 1, 'a'), flag ? b.constant(`${name}_r`, int64([-1])) : part(1, 9, 'b')];
    const target = b.node('Concat', parts, { attributes: { axis: 0 } });
    const rest = shape.slice(1).reduce((x, y) => x * y, 1);
    return shaped(b, b.node('Reshape', [value, target]), flag ? [shape[0], rest] : shape);
  },
  wrap({ b, value, shape }, { flag }, name) {
    const axes = b.constant(`${name}_axes`, int64([1]));
    const wrapped = b.node('Unsqueeze', [value, axes]);
    return shaped(b, b.node('Squeeze', [flag ? b.node('Relu', [wrapped]) : wrapped, axes]), shape);
  },
  neutral({ b, value, shape }, { size }, name) {
    const [opType, number] = [['Add', 0] as const, ['Mul', 1] as const, ['Div', 1] as const][size - 1];
    return shaped(b, b.node(opType, [value, b.constant(`${name}_k`, floats([1], [number]))]), shape);
  },
  twice: ({ b, value, shape }) =>
    shaped(b, b.node('Sub', [b.node('Exp', [b.node('Tanh', [value])]), b.node('Tanh', [value])]), shape),
  decided({ b, value, shape }, { flag }, name) {
    const condition = b.constant(`${name}_c`, {
      dtype: 'bool',
      shape: [],
      data: Uint8Array.of(Number(flag)),
    });
    const branch = (opType: string) => {
      const inner = new GraphBuilder(`${name}_${opType}`);
      return subgraph(inner.ends(inner.node(opType, [value], { outputs: [`${name}_${opType}`] })));
    };
    const attributes = { then_branch: branch('Tanh'), else_branch: branch('Relu') };
    return shaped(b, b.node('If', [condition], { attributes }), shape);
  },
  constants({ b, value, shape }, _, name) {
    const factor = b.node('Exp', [b.node('Identity', [b.constant(`${name}_k`, f32([1], name, 0.1))])]);
    return shaped(b, b.node('Mul', [value, factor]), shape);
  },
};

function shaped(b: GraphBuilder, value: Value, shape: readonly number[]): End {
  return { b, value, shape };
}

function padded({ b, value, shape }: End, size: number, fill: number, name: string): End | undefined {
  if (shape.length !== 4 || shape[2] > 12) return undefined;
  const pads = b.constant(`${name}_p`, int64([0, 0, size, 0, 0, 0, 1, size]));
  const node = b.node('Pad', [value, pads, b.constant(`${name}_f`, floats([], [fill]))]);
  return { b, value: node, shape: [shape[0], shape[1], shape[2] + size + 1, shape[3] + size] };
}

function build(choices: readonly Choice[]): Model {
  const b = new GraphBuilder();
  let end: End = { b, value: b.input('x', [1, 2, 6, 6]), shape: [1, 2, 6, 6] };
  const outputs: Value[] = [];
  for (const [i, choice] of choices.entries()) {
    const next = links[choice.kind](end, choice, `n${i}`);
    if (!next) continue;
    end = next;
    if (choice.isOutput) outputs.push(end.value);
  }
  return b.model(13, ...new Set([...outputs, b.node('Neg', [end.value])]));
}

const choice = fc.record({
  kind: fc.constantFrom(...kinds),
  size: fc.integer({ min: 1, max: 3 }),
  flag: fc.boolean(),
  isOutput: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
});

describe('clean on random chains', () => {
  it('keeps the outputs, and a second time finds nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(choice, { minLength: 1, maxLength: 12 }), async (choices) => {
        const model = build(choices);
        const feeds = randomFeeds(model);
        const before = await runModel(runner, model, feeds);
        await clean(model, { runner });
        expectClose(await runModel(runner, model, feeds), before, RTOL);
        const again = Object.entries(await clean(model, { runner })).filter(([, count]) => count > 0);
        if (again.length > 0) throw new Error(`found again: ${JSON.stringify(again)}`);
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});
