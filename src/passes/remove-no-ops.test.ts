import { describe, expect, it } from 'vitest';
import type { Model } from '../onnx/ir/model.ts';
import type { Dimension } from '../onnx/ir/type.ts';
import { type Attributes, GraphBuilder } from '../testing/build-graph.ts';
import { expectRefusedBy, operatorsOf, rewriteBy } from '../testing/rewrite-by.ts';
import { floats, int64 } from '../testing/tensors.ts';
import { removeNoOps } from './remove-no-ops.ts';

type Constant = readonly number[] | ReturnType<typeof floats>;

interface Case {
  readonly opType: string;
  readonly shape?: readonly Dimension[];
  readonly constants?: readonly (Constant | undefined)[];
  readonly attributes?: Attributes;
  readonly opset?: number;
  readonly isRight?: boolean;
}

/** Relu(x) → the node in question → Neg; lists of numbers are int64 constants. */
function between({ opType, shape = [2, 3], constants = [], attributes = {}, opset = 13, isRight }: Case) {
  return (b: GraphBuilder): Model => {
    const inputs = constants.map((c, i) => {
      return c && b.constant(`c${i}`, 'dtype' in c ? c : int64(c));
    });
    const data = b.node('Relu', [b.input('x', shape)]);
    const all = isRight ? [...inputs, data] : [data, ...inputs];
    return b.model(opset, b.node('Neg', [b.node(opType, all, { attributes })]));
  };
}

const zeros = floats([3], [0, 0, 0]);
const one = floats([], [1]);

describe('removeNoOps', () => {
  it.each<Case>([
    { opType: 'Add', constants: [zeros] },
    { opType: 'Add', constants: [zeros], isRight: true },
    { opType: 'Mul', constants: [one], shape: ['n', 3] },
    { opType: 'Mul', constants: [one], isRight: true },
    { opType: 'Sub', constants: [zeros] },
    { opType: 'Div', constants: [one] },
    { opType: 'Cast', attributes: { to: 1 } },
    { opType: 'CastLike', constants: [one], opset: 15 },
    { opType: 'Concat', attributes: { axis: 0 } },
    { opType: 'Expand', constants: [[2, 1]] },
    { opType: 'Flatten', shape: ['n', 3] },
    { opType: 'Mean' },
    { opType: 'Pad', constants: [[0, 0, 0, 0]] },
    { opType: 'Reshape', constants: [[2, -1]] },
    { opType: 'Reshape', constants: [[-1, 3]], shape: ['n', 3] },
    { opType: 'Slice', constants: [[0], [2 ** 40], [1]] },
    { opType: 'Slice', constants: [[0], [3], [1], [1]] },
    { opType: 'Split', attributes: { axis: 0 } },
    { opType: 'Squeeze', constants: [] },
    { opType: 'Sum' },
    { opType: 'Tile', constants: [[1, 1]] },
    { opType: 'Transpose', attributes: { perm: [0, 1] } },
    { opType: 'Transpose', shape: [1, 1], attributes: { perm: [1, 0] } },
  ])('removes $opType of $shape with $attributes', async (given) => {
    const model = await rewriteBy(removeNoOps, between(given)(new GraphBuilder()), 1);
    expect(operatorsOf(model)).toEqual(['Relu', 'Neg']);
  });

  it.each<Case & { what: string }>([
    { what: 'another number', opType: 'Add', constants: [floats([3], [0, 0, 1])] },
    { what: 'a broadcast', opType: 'Add', constants: [floats([1, 1, 3], [0, 0, 0])] },
    { what: '0 − x', opType: 'Sub', constants: [zeros], isRight: true },
    { what: '1 / x', opType: 'Div', constants: [one], isRight: true },
    { what: 'another type', opType: 'Cast', attributes: { to: 11 } },
    { what: 'a real expansion', opType: 'Expand', constants: [[4, 1, 1]] },
    { what: 'a shift by padding', opType: 'Pad', constants: [[0, -1, 0, 1]] },
    { what: 'a reversal', opType: 'Slice', constants: [[-1], [-(2 ** 40)], [1], [-1]] },
    { what: 'a cut', opType: 'Slice', constants: [[1], [3], [1]] },
    { what: 'an open cut', opType: 'Slice', shape: ['n', 3], constants: [[1], [2 ** 40], [0]] },
    { what: 'a repetition', opType: 'Tile', constants: [[1, 2]] },
    { what: 'a square', opType: 'Transpose', shape: [3, 3] },
    { what: 'a new shape', opType: 'Reshape', constants: [[3, 2]] },
    { what: 'two open lengths', opType: 'Reshape', shape: ['n', 'm'], constants: [[2, -1]] },
    { what: 'the guard that keeps a layer float', opType: 'Max' },
  ])('leaves $opType ($what) alone', async (given) =>
    expectRefusedBy(removeNoOps, between(given)(new GraphBuilder())),
  );
});
