import { describe, expect, it } from 'vitest';
import type { Shape } from '../onnx/ir/type.ts';
import { type Attributes, GraphBuilder, tensorAttribute } from '../testing/build-graph.ts';
import { int64 } from '../testing/tensors.ts';
import { broadcast } from './broadcast.ts';
import { inferTypes } from './infer-types.ts';

describe('inferTypes with symbolic lengths', () => {
  const shapeOf = async (
    opType: string,
    shape: Shape,
    integers: readonly (number | readonly number[])[],
    attributes: Attributes = {},
  ): Promise<Shape | undefined> => {
    const b = new GraphBuilder();
    const constants = integers.map((values, i) => b.constant(`i${i}`, int64(values)));
    const y = b.node(opType, [b.input('x', shape), ...constants], { attributes });
    return (await inferTypes(b.model(13, y))).get(y)?.shape;
  };

  it.each<[string, Shape, (number | readonly number[])[], Attributes, Shape]>([
    ['Reshape', ['n', 2, 3], [[0, -1]], {}, ['n', 6]],
    ['Reshape', ['n', 2, 3], [[-1, 6]], {}, ['n', 6]],
    ['Reshape', ['n', 2, 3], [[-1, 4]], {}, [null, 4]],
    ['Reshape', ['n', 'm', 3], [[-1, 3]], {}, [null, 3]],
    ['Reshape', [2, 3, 4], [[0, 0, 2, -1]], {}, [2, 3, 2, 2]],
    ['Flatten', ['n', 2, 3], [], {}, ['n', 6]],
    ['Flatten', ['n', 'm', 3], [], {}, ['n', null]],
    ['Flatten', ['n', 3], [], { axis: 0 }, [1, null]],
    ['Slice', ['n', 5], [[1], [2 ** 50], [1]], {}, ['n', 4]],
    ['Slice', ['n', 5], [[0], [Number.MAX_SAFE_INTEGER], [0]], {}, ['n', 5]],
    ['Slice', ['n', 5], [[1], [3], [0]], {}, [null, 5]],
    ['Pad', ['n', 5], [[0, 1, 0, -2]], {}, ['n', 4]],
    ['Pad', ['n', 5], [[1, 0, 0, 0]], {}, [null, 5]],
    ['Unsqueeze', ['n', 5], [[0, -1]], {}, [1, 'n', 5, 1]],
    ['Squeeze', ['n', 1, 5], [[1]], {}, ['n', 5]],
    ['Transpose', ['n', 1, 5], [], { perm: [2, 0, 1] }, [5, 'n', 1]],
    ['Gather', ['n', 5], [0], { axis: 1 }, ['n']],
    ['Expand', ['n', 1], [[1, 3]], {}, ['n', 3]],
    ['GlobalAveragePool', ['n', 3, 'h', 'w'], [], {}, ['n', 3, 1, 1]],
    ['MaxPool', ['n', 3, 'h', 8], [], { kernel_shape: [2, 2], strides: [2, 2] }, ['n', 3, null, 4]],
    // Ceil mode: ⌈(7 − 2) / 2⌉ + 1 = 4; with a pad at the end the fifth window would start in it.
    ['MaxPool', [1, 1, 7], [], { kernel_shape: [2], strides: [2], ceil_mode: 1 }, [1, 1, 4]],
    ['MaxPool', [1, 1, 8], [], { kernel_shape: [2], strides: [2], pads: [0, 1], ceil_mode: 1 }, [1, 1, 4]],
  ])('%s of %j by %j', async (opType, shape, integers, attributes, expected) => {
    expect(await shapeOf(opType, shape, integers, attributes)).toEqual(expected);
  });
});

describe('inferTypes', () => {
  it('reads INT64_MAX as the end', async () => {
    const b = new GraphBuilder();
    const [start, axis] = [b.constant('start', int64([1])), b.constant('axis', int64([0]))];
    const end = b.constant('end', { dtype: 'int64', shape: [1], data: BigInt64Array.of(2n ** 63n - 1n) });
    const slice = b.node('Slice', [b.input('x', [7, 'n']), start, end, axis]);
    const whole = b.node('Slice', [
      slice,
      b.constant('zero', int64([0])),
      end,
      b.constant('one', int64([1])),
    ]);
    const types = await inferTypes(b.model(13, whole));
    expect(types.get(whole)?.shape).toEqual([6, 'n']);
  });

  it('puts what it infers above what the file states, and fills gaps from it', async () => {
    const b = new GraphBuilder();
    const relu = b.node('Relu', [b.input('x', ['n', null])]);
    relu.type = { kind: 'tensor', dtype: 'float', shape: [1, 7] };
    const model = b.model(13, relu);
    expect((await inferTypes(model)).get(relu)?.shape).toEqual(['n', 7]);
    expect((await inferTypes(model, { ignoreStated: true })).get(relu)?.shape).toEqual(['n', null]);
  });

  it('takes what the file states of operators it does not know', async () => {
    const b = new GraphBuilder();
    const foo = b.node('Foo', [b.input('x', [1])], { domain: 'mine' });
    foo.type = { kind: 'tensor', dtype: 'int8', shape: [1, 7] };
    const neg = b.node('Neg', [foo]);
    const model = b.model(13, neg);
    expect((await inferTypes(model)).get(neg)).toEqual({ kind: 'tensor', dtype: 'int8', shape: [1, 7] });
    expect((await inferTypes(model, { ignoreStated: true })).get(neg)).toBeUndefined();
  });

  it('knows the types of codes and decoded values', async () => {
    const b = new GraphBuilder();
    const scale = b.constant('scale', { dtype: 'float', shape: [], data: Float32Array.of(0.5) });
    const zero = b.constant('zero', { dtype: 'int8', shape: [], data: Int8Array.of(0) });
    const x = b.input('x', [2]);
    const [plain, byZero] = [
      b.node('QuantizeLinear', [x, scale]),
      b.node('QuantizeLinear', [x, scale, zero]),
    ];
    const int16 = b.node('QuantizeLinear', [x, scale], { attributes: { output_dtype: 5 } });
    const decoded = b.node('DequantizeLinear', [plain, scale]);
    const values = [plain, byZero, int16, decoded];
    const types = await inferTypes(b.model(21, ...values));
    expect(values.map((value) => types.get(value)?.dtype)).toEqual(['uint8', 'int8', 'int16', 'float']);
  });

  it('knows the forms of Constant', async () => {
    const b = new GraphBuilder();
    const forms = [
      { value: tensorAttribute({ dtype: 'int8', shape: [2, 1], data: Int8Array.of(1, 2) }) },
      { value_int: 3 },
      { value_ints: [1, 2, 3] },
      { value_float: { type: 'FLOAT', value: 1 } },
      { value_floats: { type: 'FLOATS', value: [1, 2] } },
    ] satisfies Attributes[];
    const values = forms.map((attributes) => b.node('Constant', [], { attributes }));
    const types = await inferTypes(b.model(13, ...values));
    expect(values.map((value) => types.get(value)).map((t) => `${t?.dtype}[${t?.shape}]`)).toEqual([
      ...['int8[2,1]', 'int64[]', 'int64[3]', 'float[]', 'float[2]'],
    ]);
  });
});

describe('broadcast', () => {
  it.each<[(Shape | undefined)[], Shape | undefined]>([
    [
      [[2, 3], [3]],
      [2, 3],
    ],
    [
      [[2, 1], [1, 3], [1]],
      [2, 3],
    ],
    [[[2, 3], [2]], undefined],
    [
      [
        ['n', 3],
        [1, 1],
      ],
      ['n', 3],
    ],
    [[['n'], ['n']], ['n']],
    [[['n'], ['m']], [null]],
    [[['n'], [5]], [5]],
    [[[null], [1]], [null]],
    [[[null], [5]], [5]],
    [[['n'], [null]], [null]],
    [[[0], [1]], [0]],
    [[[1, 2], undefined], undefined],
    [[[], [2]], [2]],
  ])('%j gives %j', (shapes, expected) => {
    expect(broadcast(shapes)).toEqual(expected);
    expect(broadcast([...shapes].reverse())).toEqual(expected);
  });
});
