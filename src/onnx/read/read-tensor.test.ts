import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import type { DataType } from '../../base/tensor.ts';
import { dataTypes } from '../../tensor/data-types.ts';
import { readTensorSource } from '../ir/read-tensor-source.ts';
import { ModelProtoSchema, type TensorProtoSchema } from '../proto/onnx_pb.ts';
import { readModel } from './read-model.ts';

type TensorInit = MessageInitShape<typeof TensorProtoSchema>;

const raw = (bytes: number) => Uint8Array.from({ length: bytes }, (_, i) => i % 251);

/** What a tensor written in the given fields holds. */
async function elementsOf(init: TensorInit) {
  const graph = { name: 'g', output: [{ name: 'w' }], initializer: [{ name: 'w', ...init }] };
  const model = await readModel(
    toBinary(ModelProtoSchema, create(ModelProtoSchema, { opsetImport: [{ version: 13n }], graph })),
  );
  const [value] = model.graph.initializers;
  if (!value.initializer) throw new Error('no tensor');
  return (await readTensorSource(value.initializer)).data;
}

describe('tensors may be written in any of the fields ONNX allows', () => {
  const code = (dtype: DataType) => dataTypes[dtype].code;
  const many = 700;
  test.each<[string, TensorInit, unknown]>([
    ['float_data', { dataType: 1, dims: [2n], floatData: [1.5, -2] }, new Float32Array([1.5, -2])],
    [
      'many float_data',
      { dataType: 1, dims: [700n], floatData: Array(many).fill(0.5) },
      new Float32Array(many).fill(0.5),
    ],
    ['double_data', { dataType: 11, dims: [2n], doubleData: [0.1, 2] }, new Float64Array([0.1, 2])],
    [
      'many double_data',
      { dataType: 11, dims: [700n], doubleData: Array(many).fill(0.1) },
      new Float64Array(many).fill(0.1),
    ],
    ['int64_data', { dataType: 7, dims: [1n], int64Data: [-(2n ** 63n)] }, new BigInt64Array([-(2n ** 63n)])],
    [
      'uint64_data',
      { dataType: 13, dims: [1n], uint64Data: [2n ** 64n - 1n] },
      new BigUint64Array([2n ** 64n - 1n]),
    ],
    [
      'uint64_data as uint32',
      { dataType: 12, dims: [1n], uint64Data: [4294967295n] },
      new Uint32Array([4294967295]),
    ],
    ['int32_data', { dataType: 6, dims: [1n], int32Data: [-5] }, new Int32Array([-5])],
    ['int32_data as int8', { dataType: 3, dims: [2n], int32Data: [-128, 127] }, new Int8Array([-128, 127])],
    ['int32_data as uint8', { dataType: 2, dims: [1n], int32Data: [255] }, new Uint8Array([255])],
    ['int32_data as int16', { dataType: 5, dims: [1n], int32Data: [-32768] }, new Int16Array([-32768])],
    ['int32_data as bool', { dataType: 9, dims: [2n], int32Data: [1, 0] }, new Uint8Array([1, 0])],
    ['int32_data as float16', { dataType: 10, dims: [1n], int32Data: [0x3c00] }, new Uint16Array([0x3c00])],
    [
      'int32_data as int4',
      { dataType: code('int4'), dims: [3n], int32Data: [0x78, 0x0f] },
      new Uint8Array([0x78, 0x0f]),
    ],
    ['raw_data', { dataType: 6, dims: [1n], rawData: new Uint8Array([1, 2, 0, 0]) }, new Int32Array([513])],
    ['many in raw_data', { dataType: 2, dims: [2000n], rawData: raw(2000) }, raw(2000)],
    ['nothing for no elements', { dataType: 1, dims: [0n, 5n] }, new Float32Array([])],
  ])('%s', async (_, init, expected) => {
    expect(await elementsOf(init)).toEqual(expected);
  });
});
