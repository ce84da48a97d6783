import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PareError } from '../../base/pare-error.ts';
import { describeDifferences } from '../../testing/describe-differences.ts';
import { Graph } from '../ir/graph.ts';
import { Model } from '../ir/model.ts';
import { Node } from '../ir/node.ts';
import type { TensorSource } from '../ir/tensor-source.ts';
import { tensorSourceOfTensor } from '../ir/tensor-source-of-tensor.ts';
import { ModelProtoSchema } from '../proto/onnx_pb.ts';
import { readModel } from '../read/read-model.ts';
import { readModelFile } from '../read/read-model-file.ts';
import { modelToBytes } from './write-model.ts';
import { writeModelFile } from './write-model-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pare-write-'));
});
afterEach(() => rm(folder, { recursive: true }));

function modelWith(tensors: Readonly<Record<string, TensorSource>>): Model {
  const graph = new Graph('g');
  for (const [name, tensor] of Object.entries(tensors)) graph.addInitializer(name, tensor);
  const model = new Model(graph);
  model.opsetImports.set('', 13);
  return model;
}

const floats = (count: number, first = 0) =>
  tensorSourceOfTensor({
    dtype: 'float',
    shape: [count],
    data: Float32Array.from({ length: count }, (_, i) => i + first),
  });

/** A tensor that claims a size and fails, or lies, when it is fetched. */
function lazy(byteLength: number, read: TensorSource['read']): TensorSource {
  return { dtype: 'uint8', shape: [byteLength], byteLength, read };
}

async function failure(work: Promise<unknown>): Promise<PareError> {
  const error: unknown = await work.then(
    () => new Error('nothing was thrown'),
    (thrown) => thrown,
  );
  if (error instanceof PareError) return error;
  throw error;
}

/** Where each external tensor of the file lies, Constant nodes first. */
async function externalEntries(path: string): Promise<Record<string, string>[]> {
  const { graph } = fromBinary(ModelProtoSchema, await readFile(path));
  const constants = graph?.node.flatMap((node) => node.attribute.flatMap(({ t }) => t ?? [])) ?? [];
  const external = [...constants, ...(graph?.initializer ?? [])].filter(
    (tensor) => tensor.dataLocation === 1,
  );
  return external.map((tensor) =>
    Object.fromEntries(tensor.externalData.map(({ key, value }) => [key, value])),
  );
}

describe('writeModelFile', () => {
  test('writes what modelToBytes gives, and nothing else', async () => {
    const model = modelWith({ small: floats(3), large: floats(1000) });
    const path = join(folder, 'm.onnx');
    await writeModelFile(model, path);
    expect(await readdir(folder)).toEqual(['m.onnx']);
    expect((await readFile(path)).equals(await modelToBytes(model))).toBe(true);
  });

  test('may write over the very file the model is read from', async () => {
    const path = join(folder, 'm.onnx');
    await writeModelFile(modelWith({ a: floats(1000) }), path);
    const model = await readModelFile(path);
    model.graph.addInitializer('b', floats(2000, 5));
    await writeModelFile(model, path);
    await model.close();
    const again = await readModelFile(path);
    expect(
      await describeDifferences(again, await readModel(await modelToBytes(model.graph ? again : model))),
    ).toEqual([]);
    expect([...again.graph.initializers].map((value) => value.name)).toEqual(['a', 'b']);
    await again.close();
  });

  test('external data: large tensors in a second file, at aligned offsets, small ones in the first', async () => {
    const model = modelWith({ small: floats(3), a: floats(1000), b: floats(1500, 7) });
    const constant = { type: 'TENSOR' as const, value: floats(500, 9) };
    const node = new Node({ opType: 'Constant', outputs: [], attributes: [['value', constant]] });
    model.graph.add(node);
    const path = join(folder, 'm.onnx');
    await writeModelFile(model, path, { externalData: true });
    expect((await readdir(folder)).sort()).toEqual(['m.onnx', 'm.onnx_data']);
    expect(await externalEntries(path)).toEqual([
      { location: 'm.onnx_data', offset: '0', length: '2000' },
      { location: 'm.onnx_data', offset: '4096', length: '4000' },
      { location: 'm.onnx_data', offset: '8192', length: '6000' },
    ]);
    const again = await readModelFile(path);
    const inline = await readModel(await modelToBytes(model));
    expect(await describeDifferences(inline, again)).toEqual([]);
    await again.close();
  });

  test('external data of a model without large tensors is one file', async () => {
    await writeModelFile(modelWith({ small: floats(3) }), join(folder, 'm.onnx'), { externalData: true });
    expect(await readdir(folder)).toEqual(['m.onnx']);
  });

  test('goes to external data by itself where one file would be too large for protobuf', async () => {
    const stop = () => Promise.reject(new Error('stop here'));
    const path = join(folder, 'm.onnx');
    const fits = await failure(writeModelFile(modelWith({ w: lazy(2 ** 31 - 1000, stop) }), path));
    expect(fits.where).toBe(path);
    const tooLarge = await failure(writeModelFile(modelWith({ w: lazy(2 ** 31 - 10, stop) }), path));
    expect(tooLarge.where).toBe(`${path}_data`);
    expect(await readdir(folder)).toEqual([]);
  });

  test.each([{ externalData: false }, { externalData: true }])(
    'a failing tensor leaves the files as they were (%o)',
    async (options) => {
      const path = join(folder, 'm.onnx');
      await writeModelFile(modelWith({ w: floats(1000) }), path, options);
      const before = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))));
      const broken = modelWith({
        v: floats(1000, 3),
        w: lazy(5000, () => Promise.reject(new Error('ENOSPC: no space'))),
      });
      const error = await failure(writeModelFile(broken, path, options));
      expect([error.code, error.message]).toEqual([
        'cannot-write',
        expect.stringContaining('ENOSPC: no space'),
      ]);
      expect(await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))))).toEqual(
        before,
      );
    },
  );

  test('errors of a tensor that are PareErrors stay what they are', async () => {
    const cause = new PareError({ code: 'own', message: 'Own.' });
    const model = modelWith({ w: lazy(5000, () => Promise.reject(cause)) });
    expect(await failure(writeModelFile(model, join(folder, 'm.onnx')))).toBe(cause);
  });

  test.each([10, 5000])(
    'a tensor that breaks its word about its length (%i) writes nothing',
    async (length) => {
      const model = modelWith({ w: lazy(length, async () => new Uint8Array(length - 1)) });
      await expect(writeModelFile(model, join(folder, 'm.onnx'))).rejects.toThrow(
        `${length - 1} bytes instead of ${length}`,
      );
      await expect(modelToBytes(model)).rejects.toThrow('instead of');
      expect(await readdir(folder)).toEqual([]);
    },
  );

  test('a missing folder, a file as folder, a folder as file', async () => {
    const model = modelWith({ w: floats(1) });
    await writeFile(join(folder, 'file'), '');
    await mkdir(join(folder, 'folder'));
    for (const name of ['none/m.onnx', 'file/m.onnx', 'folder']) {
      const error = await failure(writeModelFile(model, join(folder, name)));
      expect([error.code, error.where]).toEqual(['cannot-write', join(folder, name)]);
    }
    expect((await readdir(folder)).sort()).toEqual(['file', 'folder']);
  });
});

describe('external data is read from the folder of the model only', () => {
  /** A model of one tensor, 4,000 bytes at `location`. */
  async function modelAt(location: string): Promise<string> {
    const externalData = [{ key: 'location', value: location }];
    const w = { name: 'w', dataType: 1, dims: [1000n], dataLocation: 1, externalData };
    const graph = { name: 'g', initializer: [w] };
    const model = create(ModelProtoSchema, { opsetImport: [{ version: 13n }], graph });
    await mkdir(join(folder, 'inner'), { recursive: true });
    await writeFile(join(folder, 'inner', 'm.onnx'), toBinary(ModelProtoSchema, model));
    return join(folder, 'inner', 'm.onnx');
  }

  async function readAt(location: string): Promise<PareError> {
    const model = await readModelFile(await modelAt(location));
    const [value] = model.graph.initializers;
    const error = await failure(value.initializer?.read() ?? Promise.resolve());
    await model.close();
    return error;
  }

  test.each(['../outside', 'a/../../outside', '/etc/passwd', '/', '..', ''])(
    '"%s" is refused',
    async (location) => {
      await writeFile(join(folder, 'outside'), new Uint8Array(4000));
      const error = await readAt(location);
      expect(error.code).toBe('external-data-outside');
      expect(error.where).toContain('m.onnx: w');
    },
  );

  test('a link that leaves the folder is refused, one that stays is followed', async () => {
    await writeFile(join(folder, 'outside'), new Uint8Array(4000));
    const path = await modelAt('link-a');
    await symlink(join(folder, 'outside'), join(folder, 'inner', 'link-a'));
    const model = await readModelFile(path);
    const [value] = model.graph.initializers;
    expect((await failure(value.initializer?.read() ?? Promise.resolve())).code).toBe(
      'external-data-outside',
    );
    await model.close();
    await rm(join(folder, 'inner', 'link-a'));
    await writeFile(join(folder, 'inner', 'real'), await floats(1000).read());
    await symlink(join(folder, 'inner', 'real'), join(folder, 'inner', 'link-a'));
    const fine = await readModelFile(path);
    const [kept] = fine.graph.initializers;
    expect(await kept.initializer?.read()).toEqual(await floats(1000).read());
    await fine.close();
  });

  test('a missing file, and one that is too short', async () => {
    const missing = await readAt('nobody');
    expect([missing.code, missing.where]).toEqual(['file-not-found', expect.stringContaining('nobody')]);
    await writeFile(join(folder, 'inner', 'little'), new Uint8Array(10));
    const short = await readAt('little');
    expect([short.code, short.message]).toEqual([
      'bad-tensor',
      expect.stringContaining('needs 4000 bytes, but it has 10'),
    ]);
  });

  test('a model in memory has no folder', async () => {
    const bytes = await readFile(await modelAt('nobody'));
    expect((await failure(readModel(new Uint8Array(bytes)))).code).toBe('external-data-without-file');
  });
});
