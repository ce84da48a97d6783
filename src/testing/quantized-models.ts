import type { DataType, Tensor } from '../base/tensor.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { Value } from '../onnx/ir/value.ts';
import { roundHalfEven } from '../tensor/round-half-even.ts';
import { type Attributes, float, GraphBuilder, subgraph } from './build-graph.ts';
import { f32, floats, int64 } from './tensors.ts';

const contrib = { domain: 'com.microsoft' };

/** A model that holds one way to quantize, by name of the form that undoes it. */
export interface QuantizedModel {
  readonly form: string;
  readonly what: string;
  /** Nothing is rounded when it runs: float operators must give the same bits. */
  readonly isExact?: true;
  /** Without the import of the engine's own domain: `buildQuantized` adds it. */
  build(): Model;
}

/** Small models of every form, on normal inputs; ranges of codes cover ±4 of them. */
export const quantizedModels: readonly QuantizedModel[] = [
  { form: 'coding', what: 'Q/DQ around a convolution', build: qdqConv },
  { form: 'coding', what: 'codes that are moved, padded and joined', build: movedCodes },
  { form: 'coding', what: 'codes as input and output of the model', build: codesOutside },
  { form: 'coding', what: 'a body that reads codes from around it', build: codesInBody },
  { form: 'coding', what: 'a table of codes that is gathered from', isExact: true, build: gatheredCodes },
  { form: 'qlinear-layer', what: 'QLinearConv', build: qlinearConv },
  { form: 'qlinear-layer', what: 'QLinearMatMul', build: qlinearMatMul },
  { form: 'qlinear-layer', what: 'QGemm with float output', build: () => qgemm(false) },
  { form: 'qlinear-layer', what: 'QGemm with codes as output', build: () => qgemm(true) },
  { form: 'qlinear-operator', what: 'elementwise operators and pools', build: qlinearOperators },
  { form: 'integer-product', what: 'MatMulInteger, one scale a column', build: matmulInteger },
  { form: 'integer-product', what: 'ConvInteger', build: convInteger },
  { form: 'integer-product', what: 'MatMulInteger of two activations', build: matmulOfActivations },
  { form: 'dynamic-product', what: 'DynamicQuantizeMatMul', build: dynamicQuantizeMatMul },
  { form: 'dynamic-product', what: 'MatMulIntegerToFloat', build: matmulIntegerToFloat },
  { form: 'dynamic-quantize-lstm', what: 'both directions, a scale a column', build: dynamicQuantizeLstm },
  { form: 'qattention', what: 'two heads', build: qattention },
  {
    form: 'matmul-nbits',
    what: '4 bits with zero points, a last block not full, bias',
    isExact: true,
    build: () => nbits(4, true),
  },
  { form: 'matmul-nbits', what: '4 bits without zero points', isExact: true, build: () => nbits(4, false) },
  { form: 'matmul-nbits', what: '8 bits', isExact: true, build: () => nbits(8, false) },
  { form: 'matmul-nbits', what: '2 bits', isExact: true, build: () => nbits(2, true) },
  { form: 'matmul-bnb4', what: 'NF4', isExact: true, build: () => bnb4(1) },
  { form: 'matmul-bnb4', what: 'FP4', isExact: true, build: () => bnb4(0) },
  { form: 'gather-block-quantized', what: 'int4', isExact: true, build: () => gatherBlocks('int4') },
  {
    form: 'gather-block-quantized',
    what: 'uint4 with zero points',
    isExact: true,
    build: () => gatherBlocks('uint4'),
  },
  {
    form: 'gather-block-quantized',
    what: '4 bits in bytes',
    isExact: true,
    build: () => gatherBlocks('uint8'),
  },
  { form: 'at-rest', what: 'Cast · Mul', isExact: true, build: castMul },
  { form: 'at-rest', what: 'a codebook behind bits taken from bytes', isExact: true, build: packedCodebook },
  { form: 'half', what: 'float16 throughout', isExact: true, build: half },
];

const STEP = 1 / 32;

function scale(b: GraphBuilder, value: number | readonly number[] = STEP): Value {
  const values = typeof value === 'number' ? [value] : value;
  const shape = typeof value === 'number' ? [] : [values.length];
  return b.constant(b.graph.freshName('scale'), floats(shape, values));
}

function zero(b: GraphBuilder, value = 128, dtype: 'uint8' | 'int8' = 'uint8'): Value {
  const data = dtype === 'uint8' ? Uint8Array.of(value) : Int8Array.of(value);
  return b.constant(b.graph.freshName('zero'), { dtype, shape: [], data });
}

/** Random codes −127..127. */
function int8Codes(b: GraphBuilder, name: string, shape: readonly number[]): Value {
  return b.constant(name, { dtype: 'int8', shape, data: bytesOf(shape, name, Int8Array) });
}

function bytesOf<T extends Int8Array | Uint8Array>(
  shape: readonly number[],
  seed: string,
  array: new (length: number) => T,
): T {
  const { data } = f32(shape, seed, 40);
  const codes = new array(data.length);
  data.forEach((x, i) => {
    codes[i] = Math.min(Math.max(roundHalfEven(x), -127), 127);
  });
  return codes;
}

function packed(name: string, dtype: DataType, shape: readonly number[], byteCount: number): Tensor {
  return { dtype, shape, data: bytesOf([byteCount], name, Uint8Array) };
}

function quantize(b: GraphBuilder, x: Value, s = STEP, z = zero(b)): Value {
  return b.node('QuantizeLinear', [x, scale(b, s), z]);
}

function dequantize(b: GraphBuilder, codes: Value, s = STEP, z = zero(b)): Value {
  return b.node('DequantizeLinear', [codes, scale(b, s), z]);
}

function qdqConv(): Model {
  const b = new GraphBuilder();
  const x = dequantize(b, quantize(b, b.input('x', [1, 2, 5, 5])));
  const scales = scale(b, [0.004, 0.006, 0.002]);
  const w = b.node('DequantizeLinear', [int8Codes(b, 'w', [3, 2, 3, 3]), scales], {
    attributes: { axis: 0 },
  });
  const codes = b.constant('b', { dtype: 'int32', shape: [3], data: Int32Array.of(900, -4000, 70) });
  const biasScales = scale(b, [0.004 * STEP, 0.006 * STEP, 0.002 * STEP]);
  const bias = b.node('DequantizeLinear', [codes, biasScales], { attributes: { axis: 0 } });
  const conv = b.node('Conv', [x, w, bias]);
  // The lowest code stands for 0: a Relu was absorbed.
  return b.model(17, dequantize(b, quantize(b, conv, STEP, zero(b, 0)), STEP, zero(b, 0)));
}

function movedCodes(): Model {
  const b = new GraphBuilder();
  const q = quantize(b, b.input('x', [1, 2, 4, 4]));
  const pooled = b.node('MaxPool', [q], { attributes: { kernel_shape: [2, 2] } });
  const pads = b.constant('pads', int64([0, 0, 1, 0, 0, 0, 0, 0]));
  const wide = b.node('Pad', [pooled, pads, zero(b)]);
  const joined = b.node('Concat', [wide, wide], { attributes: { axis: 1 } });
  const [left, right] = b.nodeOf('Split', [joined, b.constant('parts', int64([1, 3]))], {
    attributes: { axis: 1 },
    outputs: ['left', 'right'],
  }).outputs;
  const turned = b.node('Transpose', [right], { attributes: { perm: [0, 2, 3, 1] } });
  return b.model(17, dequantize(b, left!), dequantize(b, turned));
}

function codesOutside(): Model {
  const b = new GraphBuilder();
  const x = dequantize(b, b.input('x', [2, 3], 'uint8'));
  const y = b.node('Mul', [x, b.weights('w', [3])]);
  return b.model(17, quantize(b, y, 0.05));
}

function codesInBody(): Model {
  const b = new GraphBuilder();
  const q = quantize(b, b.input('x', [2, 3]));
  const branch = (name: string, opType: string) => {
    const inner = new GraphBuilder(name);
    const s = inner.constant(`${name}_s`, floats([], [STEP]));
    const z = inner.constant(`${name}_z`, { dtype: 'uint8', shape: [], data: Uint8Array.of(128) });
    const real = inner.node('DequantizeLinear', [q, s, z], { outputs: [`${name}_dq`] });
    return inner.ends(inner.node(opType, [real], { outputs: [`${name}_out`] }));
  };
  const isSmall = b.node('Less', [
    b.node('ReduceMax', [dequantize(b, q)], { attributes: { keepdims: 0 } }),
    b.constant('limit', floats([], [100])),
  ]);
  const attributes = { then_branch: subgraph(branch('a', 'Neg')), else_branch: subgraph(branch('b', 'Abs')) };
  return b.model(17, b.node('If', [isSmall], { attributes }));
}

function gatheredCodes(): Model {
  const b = new GraphBuilder();
  const indices = b.input('i', [4], 'int64');
  const rows = b.node('Gather', [int8Codes(b, 'table', [6, 5]), indices]);
  return b.model(17, b.node('DequantizeLinear', [rows, scale(b, 0.01)]));
}

function qlinearConv(): Model {
  const b = new GraphBuilder();
  const x = quantize(b, b.input('x', [1, 2, 5, 5]));
  const w = int8Codes(b, 'w', [3, 2, 3, 3]);
  const bias = b.constant('b', { dtype: 'int32', shape: [3], data: Int32Array.of(900, -4000, 70) });
  const zeros = b.constant('wz', { dtype: 'int8', shape: [3], data: new Int8Array(3) });
  const inputs = [x, scale(b), zero(b), w, scale(b, [0.004, 0.006, 0.002]), zeros, scale(b), zero(b), bias];
  const conv = b.node('QLinearConv', inputs, { attributes: { pads: [1, 1, 1, 1] } });
  return b.model(17, dequantize(b, conv));
}

function qlinearMatMul(): Model {
  const b = new GraphBuilder();
  const x = quantize(b, b.input('x', [3, 8]));
  const zeros = b.constant('wz', { dtype: 'int8', shape: [4], data: Int8Array.of(1, 0, -2, 0) });
  const w = int8Codes(b, 'w', [8, 4]);
  const scales = scale(b, [0.004, 0.006, 0.002, 0.005]);
  const y = b.node('QLinearMatMul', [x, scale(b), zero(b), w, scales, zeros, scale(b), zero(b)]);
  return b.model(17, dequantize(b, y));
}

function qgemm(isCoded: boolean): Model {
  const b = new GraphBuilder();
  const x = quantize(b, b.input('x', [3, 8]));
  const c = b.constant('c', { dtype: 'int32', shape: [4], data: Int32Array.of(900, -4000, 70, 8) });
  const inputs = [x, scale(b), zero(b), int8Codes(b, 'w', [4, 8]), scale(b, 0.004), zero(b, 0, 'int8'), c];
  const outputGrid = isCoded ? [scale(b), zero(b)] : [];
  const attributes: Attributes = { transB: 1, alpha: float(0.5) };
  const y = b.node('QGemm', [...inputs, ...outputGrid], { ...contrib, attributes });
  return b.model(17, isCoded ? dequantize(b, y) : y);
}

function qlinearOperators(): Model {
  const b = new GraphBuilder();
  const grid = [scale(b), zero(b)];
  const x = quantize(b, b.input('x', [1, 2, 4, 4]));
  const add = b.node('QLinearAdd', [x, ...grid, x, ...grid, ...grid], contrib);
  const mul = b.node('QLinearMul', [add, ...grid, x, ...grid, ...grid], contrib);
  const leaky = b.node('QLinearLeakyRelu', [mul, ...grid, ...grid], {
    ...contrib,
    attributes: { alpha: float(0.1) },
  });
  const pool = b.node('QLinearAveragePool', [leaky, ...grid, ...grid], {
    ...contrib,
    attributes: { kernel_shape: [2, 2], strides: [2, 2], channels_last: 0 },
  });
  const unit = [b.constant('unit', floats([], [1 / 256])), zero(b, 0)];
  const sigmoid = b.node('QLinearSigmoid', [pool, ...grid, ...unit], contrib);
  const joined = b.node('QLinearConcat', [...grid, pool, ...grid, sigmoid, ...unit], {
    ...contrib,
    attributes: { axis: 1 },
  });
  const condition = b.constant('c', { dtype: 'bool', shape: [2], data: Uint8Array.of(1, 0) });
  const where = b.node('QLinearWhere', [condition, joined, ...grid, joined, ...grid, ...grid], contrib);
  const softmax = b.node('QLinearSoftmax', [joined, ...grid, ...unit], {
    ...contrib,
    attributes: { axis: -1, opset: 17 },
  });
  const global = b.node('QLinearGlobalAveragePool', [where, ...grid, ...grid], {
    ...contrib,
    attributes: { channels_last: 0 },
  });
  const soft = b.node('DequantizeLinear', [softmax, ...unit], { outputs: ['soft'] });
  return b.model(17, soft, dequantize(b, global), dequantize(b, where));
}

function matmulInteger(): Model {
  const b = new GraphBuilder();
  const [q, s, z] = dynamic(b, b.input('x', [3, 8]));
  const w = int8Codes(b, 'w', [8, 4]);
  const sums = b.node('MatMulInteger', [q, w, z, zero(b, 3, 'int8')]);
  const factor = b.node('Mul', [s, scale(b, [0.004, 0.006, 0.002, 0.005])]);
  const product = b.node('Mul', [b.node('Cast', [sums], { attributes: { to: 1 } }), factor]);
  return b.model(17, b.node('Add', [product, b.weights('bias', [4])]));
}

function dynamic(b: GraphBuilder, x: Value): readonly [Value, Value, Value] {
  const { outputs } = b.nodeOf('DynamicQuantizeLinear', [x], { outputs: ['q', 's', 'z'] });
  return [outputs[0]!, outputs[1]!, outputs[2]!];
}

function convInteger(): Model {
  const b = new GraphBuilder();
  const [q, s, z] = dynamic(b, b.input('x', [1, 2, 5, 5]));
  const w = b.constant('w', { dtype: 'uint8', shape: [3, 2, 3, 3], data: bytesOf([54], 'w', Uint8Array) });
  const sums = b.node('ConvInteger', [q, w, z, zero(b, 120)], { attributes: { pads: [1, 1, 1, 1] } });
  const product = b.node('Mul', [
    b.node('Cast', [sums], { attributes: { to: 1 } }),
    b.node('Mul', [s, scale(b, 0.003)]),
  ]);
  return b.model(17, product);
}

function matmulOfActivations(): Model {
  const b = new GraphBuilder();
  const [a, aScale, aZero] = dynamic(b, b.input('x', [3, 8]));
  const [c, cScale, cZero] = dynamic(b, b.input('y', [8, 4]));
  const sums = b.node('MatMulInteger', [a, c, aZero, cZero]);
  const cast = b.node('Cast', [sums], { attributes: { to: 1 } });
  return b.model(17, b.node('Mul', [cast, b.node('Mul', [aScale, cScale])]));
}

function dynamicQuantizeMatMul(): Model {
  const b = new GraphBuilder();
  const scales = scale(b, [0.004, 0.006, 0.002, 0.005]);
  const zeros = b.constant('wz', { dtype: 'int8', shape: [4], data: new Int8Array(4) });
  const inputs = [b.input('x', [3, 8]), int8Codes(b, 'w', [8, 4]), scales, zeros, b.weights('bias', [4])];
  return b.model(17, b.node('DynamicQuantizeMatMul', inputs, contrib));
}

function matmulIntegerToFloat(): Model {
  const b = new GraphBuilder();
  const x = quantize(b, b.input('x', [3, 8]));
  const inputs = [x, int8Codes(b, 'w', [8, 4]), scale(b), scale(b, 0.004), zero(b), zero(b, 0, 'int8')];
  return b.model(17, b.node('MatMulIntegerToFloat', [...inputs, b.weights('bias', [4])], contrib));
}

function dynamicQuantizeLstm(): Model {
  const b = new GraphBuilder();
  const grid = (name: string) => {
    const scales = b.constant(`${name}_s`, floats([2, 12], smallNumbers(24)));
    return [scales, b.constant(`${name}_z`, { dtype: 'int8', shape: [2, 12], data: new Int8Array(24) })];
  };
  const x = b.input('x', [4, 1, 5]);
  const weights = [int8Codes(b, 'w', [2, 5, 12]), int8Codes(b, 'r', [2, 3, 12]), b.weights('bias', [2, 24])];
  const inputs = [x, ...weights, undefined, undefined, undefined, undefined, ...grid('w'), ...grid('r')];
  const attributes: Attributes = { hidden_size: 3, direction: 'bidirectional' };
  return b.model(17, b.node('DynamicQuantizeLSTM', inputs, { ...contrib, attributes }));
}

function qattention(): Model {
  const b = new GraphBuilder();
  const x = quantize(b, b.input('x', [1, 3, 4]));
  const w = int8Codes(b, 'w', [4, 12]);
  const scales = [scale(b), scale(b, 0.004)];
  const inputs = [x, w, b.weights('bias', [12]), ...scales, undefined, zero(b), zero(b, 0, 'int8')];
  return b.model(17, b.node('QAttention', inputs, { ...contrib, attributes: { num_heads: 2 } }));
}

function nbits(bits: number, hasZeroPoints: boolean): Model {
  const b = new GraphBuilder();
  const [rows, length, block] = [5, 40, 16];
  const blocks = 3;
  const blob = (block * bits) / 8;
  const w = b.constant('w', packed('w', 'uint8', [rows, blocks, blob], rows * blocks * blob));
  const scales = b.constant('s', floats([rows, blocks], smallNumbers(rows * blocks)));
  const rowBytes = Math.ceil((blocks * bits) / 8);
  const zeros = hasZeroPoints
    ? b.constant('z', packed('z', 'uint8', [rows, rowBytes], rows * rowBytes))
    : undefined;
  const bias = hasZeroPoints ? b.weights('bias', [rows]) : undefined;
  const attributes = { N: rows, K: length, bits, block_size: block, accuracy_level: 1 };
  return b.model(
    17,
    b.node('MatMulNBits', [b.input('x', [3, length]), w, scales, zeros, undefined, bias], {
      ...contrib,
      attributes,
    }),
  );
}

function bnb4(type: number): Model {
  const b = new GraphBuilder();
  const [length, columns, block] = [16, 6, 32];
  const w = b.constant('w', packed('w', 'uint8', [(length * columns) / 2], (length * columns) / 2));
  const magnitudes = b.constant('m', floats([3], [0.2, 0.1, 0.4]));
  const attributes = { N: columns, K: length, block_size: block, quant_type: type, transB: 1 };
  return b.model(
    17,
    b.node('MatMulBnb4', [b.input('x', [3, length]), w, magnitudes], { ...contrib, attributes }),
  );
}

function gatherBlocks(dtype: 'int4' | 'uint4' | 'uint8'): Model {
  const b = new GraphBuilder();
  const [rows, length, block] = [6, 48, 16];
  const columns = dtype === 'uint8' ? length / 2 : length;
  const table = b.constant('table', packed('t', dtype, [rows, columns], (rows * length) / 2));
  const scales = b.constant('s', floats([rows, 3], smallNumbers(rows * 3)));
  const zeroType = dtype === 'uint8' ? 'uint8' : dtype;
  const zeroShape = dtype === 'uint8' ? [rows, 2] : [rows, 3];
  const zeros =
    dtype === 'int4'
      ? undefined
      : b.constant('z', packed('z', zeroType, zeroShape, dtype === 'uint8' ? 12 : 9));
  const attributes = { bits: 4, block_size: block, quantize_axis: 1, gather_axis: 0 };
  const inputs = [table, b.input('i', [4], 'int64'), scales, zeros];
  return b.model(21, b.node('GatherBlockQuantized', inputs, { ...contrib, attributes }));
}

function castMul(): Model {
  const b = new GraphBuilder();
  const cast = b.node('Cast', [int8Codes(b, 'w', [8, 4])], { attributes: { to: 1 } });
  const w = b.node('Mul', [cast, b.constant('s', floats([1, 4], [0.004, 0.006, 0.002, 0.005]))]);
  return b.model(17, b.node('MatMul', [b.input('x', [3, 8]), w]));
}

function packedCodebook(): Model {
  const b = new GraphBuilder();
  const bytes = b.constant('w', packed('w', 'uint8', [8, 2, 1], 16));
  const shifts = b.constant('shifts', { dtype: 'uint8', shape: [2], data: Uint8Array.of(0, 4) });
  const shifted = b.node('BitShift', [bytes, shifts], { attributes: { direction: 'RIGHT' } });
  const low = b.constant('mask', { dtype: 'uint8', shape: [], data: Uint8Array.of(15) });
  const codes = b.node('BitwiseAnd', [shifted, low]);
  const flat = b.node('Reshape', [codes, b.constant('shape', int64([8, 4]))]);
  const index = b.node('Cast', [flat], { attributes: { to: 6 } });
  const w = b.node('Gather', [b.weights('book', [16]), index]);
  return b.model(18, b.node('MatMul', [b.input('x', [3, 8]), w]));
}

function half(): Model {
  const b = new GraphBuilder();
  const w = b.constant('w', { dtype: 'float16', shape: [8, 4], data: halfWords(32) });
  const cast = b.node('Cast', [b.input('x', [3, 8])], { attributes: { to: 10 } });
  const product = b.node('MatMul', [cast, w]);
  const relu = b.node('Relu', [product], { outputs: ['kept'] });
  relu.type = { kind: 'tensor', dtype: 'float16', shape: [3, 4] };
  return b.model(17, b.node('Cast', [relu], { attributes: { to: 1 } }));
}

/** Bits of normal float16 numbers between −4 and 4. */
function halfWords(count: number): Uint16Array {
  const codes = bytesOf([count], 'half', Uint8Array);
  return Uint16Array.from(
    codes,
    (code, i) => ((code & 1) << 15) | (0x3000 + ((code * 37 + i * 11) % 0x1400)),
  );
}

/** Scales of either sign, as block quantization makes them. */
function smallNumbers(count: number): number[] {
  return [...f32([count], 'scales').data].map((x) => 0.02 * x);
}

/** The model, with the import of the engine's own operators. */
export function buildQuantized({ build }: QuantizedModel): Model {
  const model = build();
  model.opsetImports.set('com.microsoft', 1);
  return model;
}
