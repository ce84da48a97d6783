import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TensorProtoSchema } from '../../onnx/proto/onnx_pb.ts';
import { collect } from '../../testing/collect.ts';
import type { DatasetFile } from '../dataset-file.ts';
import { openDataset } from '../open-dataset.ts';

let root: string;
let folder: string;
let made = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'pare-pb-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

type Proto = MessageInitShape<typeof TensorProtoSchema>;
const [FLOAT, INT32, INT64] = [1, 6, 7];
const dims = (...lengths: number[]) => lengths.map(BigInt);

async function open(files: Record<string, Proto | Uint8Array>, options: Partial<DatasetFile> = {}) {
  folder = join(root, `${made++}`);
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(join(path, '..'), { recursive: true });
    const bytes =
      content instanceof Uint8Array
        ? content
        : toBinary(TensorProtoSchema, create(TensorProtoSchema, content));
    await writeFile(path, bytes);
  }
  // Every test gives options of this kind.
  return openDataset({ kind: 'pb', files: '.', ...options } as DatasetFile, { baseDir: folder });
}

const ids: Proto = { name: 'ids', dataType: INT64, dims: dims(2, 2), int64Data: [1n, -2n, 3n, 4n] };
const mask: Proto = { dataType: INT32, dims: dims(2), int32Data: [7, 8] };
const scores: Proto = { name: 'y', dataType: FLOAT, dims: dims(2, 1), floatData: [0.5, 0.25] };

describe('pb', () => {
  test('sets in the order of their numbers, rows as samples, the output as target', async () => {
    const late: Proto = { ...ids, dims: dims(1, 2), int64Data: [9n, 9n] };
    const dataset = await open({
      'test_data_set_10/input_0.pb': late,
      'test_data_set_10/input_1.pb': { ...mask, dims: dims(1), int32Data: [6] },
      'test_data_set_10/output_0.pb': { ...scores, dims: dims(1, 1), floatData: [1] },
      'test_data_set_2/input_0.pb': ids,
      'test_data_set_2/input_1.pb': mask,
      'test_data_set_2/output_0.pb': scores,
    });
    expect(dataset).toMatchObject({ length: 3, task: 'regression' });
    const [batch] = await collect(dataset.batches({ batchSize: 3 }));
    expect(batch.inputs).toEqual({
      ids: { dtype: 'int64', shape: [3, 2], data: BigInt64Array.of(1n, -2n, 3n, 4n, 9n, 9n) },
      input_1: { dtype: 'int32', shape: [3], data: Int32Array.of(7, 8, 6) },
    });
    expect(batch.targets).toEqual({ dtype: 'float', shape: [3, 1], data: Float32Array.of(0.5, 0.25, 1) });
  });

  test('another output by name; a missing one is an error', async () => {
    const files = {
      'input_0.pb': ids,
      'output_0.pb': scores,
      'output_1.pb': { ...scores, name: 'z', floatData: [3, 4] },
    };
    const [batch] = await collect((await open(files, { target: 'z' })).batches({ batchSize: 2 }));
    expect(batch.targets?.data).toEqual(Float32Array.of(3, 4));
    await expect(open(files, { target: 'w' })).rejects.toThrow('there is no output "w"');
  });

  test.each([
    ['a scalar', { ...ids, dims: [], int64Data: [1n] }, 'an axis 0 that is the batch'],
    ['no tensor', Uint8Array.of(255, 255, 255), 'one TensorProto'],
  ])('%s is refused', async (_, content, expected) => {
    await expect(open({ 'input_0.pb': content })).rejects.toMatchObject({
      code: 'data-file-malformed',
      expected,
    });
  });

  test('too few elements, external files, and other batches are refused', async () => {
    await expect(open({ 'input_0.pb': { ...ids, dims: dims(3, 2 ** 20) } })).rejects.toMatchObject({
      code: 'bad-tensor',
    });
    const external: Proto = {
      ...ids,
      int64Data: [],
      dataLocation: 1,
      externalData: [{ key: 'location', value: '/etc/passwd' }],
    };
    await expect(open({ 'input_0.pb': external })).rejects.toMatchObject({
      code: 'external-data-without-file',
    });
    await expect(
      open({ 'input_0.pb': ids, 'input_1.pb': { ...mask, dims: dims(1), int32Data: [1] } }),
    ).rejects.toMatchObject({ expected: '2 samples on axis 0, as the first input has' });
    await expect(open({ 'other.txt': new Uint8Array(3) })).rejects.toMatchObject({ code: 'no-samples' });
  });
});
