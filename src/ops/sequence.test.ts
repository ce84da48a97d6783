import { describe, expect, it } from 'vitest';
import type { Value } from '../onnx/ir/value.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { type Attributes, GraphBuilder } from '../testing/build-graph.ts';
import { runModel } from '../testing/run-model.ts';
import { f32, int64 } from '../testing/tensors.ts';
import { inferTypes } from './infer-types.ts';

const runner = await ortNode();

type Build = (b: GraphBuilder, x: Value) => Value;

const split =
  (lengths: number | readonly number[] | undefined, attributes: Attributes): Build =>
  (b, x) => {
    const given = lengths === undefined ? undefined : b.constant('lengths', int64(lengths));
    return b.node('SplitToSequence', given ? [x, given] : [x], { attributes });
  };
const pick = (b: GraphBuilder, sequence: Value, place: number) =>
  b.node('SequenceAt', [sequence, b.constant(`place${place}`, int64(place))]);

/** What is made of x[7, 4]. */
const graphs: Record<string, Build> = {
  'a part of given lengths': (b, x) => pick(b, split([2, 5], { axis: 0 })(b, x), 1),
  'the shorter last of equal parts': (b, x) => pick(b, split(3, { axis: 0 })(b, x), -1),
  'a part of length 1': (b, x) => pick(b, split(undefined, { axis: 1 })(b, x), 2),
  'a part without its axis': (b, x) => pick(b, split(undefined, { axis: 1, keepdims: 0 })(b, x), 2),
  'parts joined again': (b, x) =>
    b.node('ConcatFromSequence', [split([2, 5], { axis: 0 })(b, x)], { attributes: { axis: 0 } }),
  'parts stacked': (b, x) =>
    b.node('ConcatFromSequence', [split(undefined, { axis: 0, keepdims: 0 })(b, x)], {
      attributes: { axis: -1, new_axis: 1 },
    }),
  'what was put in front': (b, x) => {
    const parts = split([2, 5], { axis: 0 })(b, x);
    return pick(b, b.node('SequenceInsert', [parts, x, b.constant('front', int64(0))]), 0);
  },
  'what is left behind an erased one': (b, x) => {
    const erased = b.node('SequenceErase', [split([2, 5], { axis: 0 })(b, x)]);
    return pick(b, erased, -1);
  },
  'as many as there are': (b, x) => {
    const length = b.node('SequenceLength', [split(2, { axis: 0 })(b, x)]);
    const shape = b.node('Unsqueeze', [length, b.constant('axes', int64([0]))]);
    return b.node('ConstantOfShape', [shape]);
  },
};

describe('sequences of tensors', () => {
  it.each(Object.entries(graphs))('%s: inferred as ONNX Runtime makes it', async (_, build) => {
    const b = new GraphBuilder();
    const y = build(b, b.constant('x', f32([7, 4], 'x')));
    const model = b.model(16, y);
    const told = (await inferTypes(model, { ignoreStated: true })).get(y);
    const { [y.name]: made } = await runModel(runner, model);
    expect([told?.dtype, told?.shape]).toEqual([made.dtype, made.shape]);
  });

  it('a part of open length, and one at a place that is not known', async () => {
    const b = new GraphBuilder();
    const parts = split([2, 5], { axis: 0 })(b, b.input('x', [7, 'n']));
    const some = b.node('SequenceAt', [parts, b.input('place', [], 'int64')]);
    const types = await inferTypes(b.model(16, some, pick(b, parts, 0)), { ignoreStated: true });
    expect(types.get(some)?.shape).toEqual([null, 'n']);
    expect([...types].find(([{ name }]) => name === 'sequenceat_1')?.[1].shape).toEqual([2, 'n']);
  });

  it('a hostile number of parts is no list', async () => {
    const b = new GraphBuilder();
    const whole = b.node('ConcatFromSequence', [split(1, { axis: 0 })(b, b.input('x', [2 ** 40, 2]))], {
      attributes: { axis: 0 },
    });
    expect((await inferTypes(b.model(16, whole), { ignoreStated: true })).get(whole)).toBeUndefined();
  });
});
