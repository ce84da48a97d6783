import { beforeAll, describe, expect, test } from 'vitest';
import { PareError } from '../../base/pare-error.ts';
import type { Runner } from '../../base/runner.ts';
import type { DataType, Tensor } from '../../base/tensor.ts';
import { readTensorSource } from '../../onnx/ir/read-tensor-source.ts';
import { tensorSourceOfTensor } from '../../onnx/ir/tensor-source-of-tensor.ts';
import { ortNode } from '../../runtime/ort-node.ts';
import { byteLength } from '../../tensor/byte-length.ts';
import { tensorOfBytes } from '../../tensor/tensor-of-bytes.ts';
import { GraphBuilder } from '../../testing/build-graph.ts';
import { runModel } from '../../testing/run-model.ts';
import { f32, floats } from '../../testing/tensors.ts';
import { decodedTensor } from './decoded-tensor.ts';

let runner: Runner;
beforeAll(async () => {
  runner = await ortNode();
});

const integers: DataType[] = ['int8', 'uint8', 'int16', 'uint16', 'int4', 'uint4', 'int2', 'uint2'];
const floats8: DataType[] = ['float8e4m3fn', 'float8e4m3fnuz', 'float8e5m2', 'float8e5m2fnuz'];

/** Every bit pattern somewhere. */
function codes(dtype: DataType, shape: readonly number[]): Tensor {
  const bytes = Uint8Array.from(
    { length: byteLength(dtype, shape) },
    (_, i) => (i * 89 + (i >> 8) * 7) & 255,
  );
  return tensorOfBytes(dtype, shape, bytes);
}

const layouts = [
  { what: 'one scale', scales: [], axis: 1, blockSize: 0 },
  { what: 'one a row', scales: [6], axis: 0, blockSize: 0 },
  { what: 'one a column', scales: [64], axis: -1, blockSize: 0 },
  { what: 'blocks along rows', scales: [6, 4], axis: 1, blockSize: 16 },
  { what: 'blocks along columns, the last not full', scales: [2, 64], axis: 0, blockSize: 4 },
];

interface Case {
  dtype: DataType;
  layout: (typeof layouts)[number];
  hasZeroPoint: boolean;
}

const cases: Case[] = [
  ...[...integers, 'int32' as const].flatMap((dtype) =>
    layouts.map((layout) => ({ dtype, layout, hasZeroPoint: dtype !== 'int32' })),
  ),
  ...floats8.map((dtype) => ({ dtype, layout: layouts[1], hasZeroPoint: false })),
];

describe.each(cases)('$dtype, $layout.what', ({ dtype, layout, hasZeroPoint }) => {
  test('bits are those the engine decodes to', async () => {
    const { scales, axis, blockSize } = layout;
    const parameters = {
      codes: codes(dtype, [6, 64]),
      scale: floats(scales, [...f32(scales, 'scales', 0.01).data]),
      zeroPoint: hasZeroPoint ? codes(dtype, scales) : undefined,
    };
    const b = new GraphBuilder();
    const inputs = [b.constant('q', parameters.codes), b.constant('s', parameters.scale)];
    if (parameters.zeroPoint) inputs.push(b.constant('z', parameters.zeroPoint));
    const attributes = { axis, ...(blockSize > 0 && { block_size: blockSize }) };
    const model = b.model(25, b.node('DequantizeLinear', inputs, { attributes }));
    const { dequantizelinear } = await runModel(runner, model);
    const source = decodedTensor({
      name: 'w',
      codes: tensorSourceOfTensor(parameters.codes),
      scale: tensorSourceOfTensor(parameters.scale),
      zeroPoint: parameters.zeroPoint && tensorSourceOfTensor(parameters.zeroPoint),
      axis,
      blockSize,
    });
    expect((await readTensorSource(source)).data).toEqual(dequantizelinear.data);
  });
});

test.each([
  { what: 'too few scales', scales: [5], axis: 0, blockSize: 0, zeros: 5 },
  { what: 'an axis that is not there', scales: [6], axis: 2, blockSize: 0, zeros: 6 },
  { what: 'too few blocks', scales: [6, 3], axis: 1, blockSize: 16, zeros: 18 },
  { what: 'too few zero points', scales: [6], axis: 0, blockSize: 0, zeros: 2 },
])('$what are refused', ({ scales, axis, blockSize, zeros }) => {
  const decode = () =>
    decodedTensor({
      name: 'w',
      codes: tensorSourceOfTensor(codes('int8', [6, 64])),
      scale: tensorSourceOfTensor(f32(scales, 's')),
      zeroPoint: tensorSourceOfTensor(codes('int8', [zeros])),
      axis,
      blockSize,
    });
  expect(decode).toThrow(PareError);
  expect(decode).toThrow(/"w" does not fit/);
});
