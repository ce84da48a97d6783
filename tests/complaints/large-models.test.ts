import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Node } from '../../src/onnx/ir/node.ts';
import type { TensorSource } from '../../src/onnx/ir/tensor-source.ts';
import { ModelProtoSchema } from '../../src/onnx/proto/onnx_pb.ts';
import { readModelFile } from '../../src/onnx/read/read-model-file.ts';
import { concatBytes } from '../../src/onnx/wire/concat-bytes.ts';
import { fetchPart } from '../../src/onnx/wire/fetch-part.ts';
import { ExternalTensorStore } from '../../src/onnx/write/tensor-store.ts';
import { serializeModel } from '../../src/onnx/write/write-model.ts';
import { countParameters } from '../../src/ops/count-parameters.ts';
import { GraphBuilder } from '../../src/testing/build-graph.ts';

const GIB = 2 ** 30;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pare-large-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A float matrix of so many GiB that fails when anybody reads it. */
function unread(gib: number): TensorSource {
  const read = () => Promise.reject(new Error('a weight was read'));
  return { dtype: 'float', shape: [gib * 1024, 2 ** 18], byteLength: gib * GIB, read };
}

describe('more than 2 GB', () => {
  it('microsoft/onnxruntime#11072, #16470, #17098: weights beside the model are read where they lie, not into memory', async () => {
    const rows = 3 * 1024;
    const location = [{ key: 'location', value: 'model.onnx_data' }];
    const proto = create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [{ domain: '', version: 13n }],
      graph: {
        name: 'g',
        node: [{ opType: 'MatMul', input: ['x', 'w'], output: ['y'] }],
        input: [{ name: 'x' }],
        output: [{ name: 'y' }],
        initializer: [
          {
            name: 'w',
            dataType: 1,
            dims: [BigInt(rows), 2n ** 18n],
            dataLocation: 1,
            externalData: location,
          },
        ],
      },
    });
    const path = join(folder, 'model.onnx');
    await writeFile(path, toBinary(ModelProtoSchema, proto));
    // 3 GiB of holes.
    const file = await open(join(folder, 'model.onnx_data'), 'w');
    await file.truncate(3 * GIB);
    await file.close();
    const before = process.memoryUsage().rss;
    const model = await readModelFile(path);
    const [weight] = model.graph.initializers;
    expect(weight.initializer?.byteLength).toBe(3 * GIB);
    expect(countParameters(model.graph)).toBe((3 * GIB) / 4);
    const { parts } = await serializeModel(model, new ExternalTensorStore('copy.onnx_data'));
    expect(parts.length).toBeGreaterThan(0);
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
    await model.close();
  });

  it('microsoft/onnxruntime#7974, huggingface/optimum#300: the file stays small, the weights get offsets past 4 GiB', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', ['n', 2 ** 18]);
    const outputs = [0, 1, 2].map((i) => {
      const weight = b.graph.addInitializer(`w${i}`, unread(2));
      return b.node('MatMul', [weight, x], { outputs: [`y${i}`] });
    });
    const store = new ExternalTensorStore('m.onnx_data');
    const { parts, byteLength } = await serializeModel(b.model(13, ...outputs), store);
    expect(byteLength).toBeLessThan(10_000);
    expect(store.contents.map(({ offset }) => offset)).toEqual([0, 2 * GIB, 4 * GIB]);
    const { graph } = fromBinary(ModelProtoSchema, concatBytes(await Promise.all(parts.map(fetchPart))));
    const offsets = graph?.initializer.map(
      ({ externalData }) => externalData.find(({ key }) => key === 'offset')?.value,
    );
    expect(offsets).toEqual(['0', `${2 * GIB}`, `${4 * GIB}`]);
  });

  it('microsoft/onnxruntime#17944: weights of Constant nodes go beside the model as well', async () => {
    const b = new GraphBuilder();
    const constant = { type: 'TENSOR' as const, value: unread(3) };
    const weight = b.node('Constant', [], { attributes: { value: constant }, outputs: ['w'] });
    const model = b.model(13, b.node('MatMul', [weight, b.input('x', [2 ** 18, 1])], { outputs: ['y'] }));
    expect([...model.graph.nodes][0]).toBeInstanceOf(Node);
    const store = new ExternalTensorStore('m.onnx_data');
    const { byteLength } = await serializeModel(model, store);
    expect(byteLength).toBeLessThan(10_000);
    expect(store.contents.map(({ tensor }) => tensor.byteLength)).toEqual([3 * GIB]);
  });
});
