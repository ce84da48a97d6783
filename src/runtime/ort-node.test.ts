import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PareError } from '../base/pare-error.ts';
import type { Session } from '../base/runner.ts';
import type { DataType, Tensor } from '../base/tensor.ts';
import type { Model } from '../onnx/ir/model.ts';
import { readModel } from '../onnx/read/read-model.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import { GraphBuilder } from '../testing/build-graph.ts';
import { floats } from '../testing/tensors.ts';
import { ortNode } from './ort-node.ts';

const runner = await ortNode();

async function withSession<T>(
  model: Model,
  use: (session: Session) => Promise<T>,
  options: Parameters<typeof runner.load>[1] = {},
): Promise<T> {
  const session = await runner.load(await modelToBytes(model), options);
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}

/** y = Relu(x), z = −x, both [2]. */
function twoOutputs(): Model {
  const b = new GraphBuilder();
  const x = b.input('x', [2]);
  return b.model(
    13,
    b.node('Relu', [x], { name: 'r', outputs: ['y'] }),
    b.node('Neg', [x], { name: 'n', outputs: ['z'] }),
  );
}

async function failure(promise: Promise<unknown>): Promise<PareError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(PareError);
  return error as PareError;
}

describe('ortNode', () => {
  it('tells the engine and its version', () => {
    expect(runner.engine.name).toBe('onnxruntime-node');
    expect(runner.engine.version).toMatch(/^\d+\.\d+\.\d+/);
  });

  const tensors: Tensor[] = [
    { dtype: 'float', shape: [2], data: Float32Array.of(1.5, -2) },
    { dtype: 'double', shape: [2], data: Float64Array.of(0.1, -2) },
    // 1.5 and −2 as binary16.
    { dtype: 'float16', shape: [2], data: Uint16Array.of(0x3e00, 0xc000) },
    { dtype: 'int8', shape: [2], data: Int8Array.of(-128, 127) },
    { dtype: 'uint8', shape: [2], data: Uint8Array.of(0, 255) },
    { dtype: 'int16', shape: [2], data: Int16Array.of(-32768, 7) },
    { dtype: 'uint16', shape: [2], data: Uint16Array.of(65535, 7) },
    { dtype: 'int32', shape: [2], data: Int32Array.of(-(2 ** 31), 7) },
    { dtype: 'uint32', shape: [2], data: Uint32Array.of(2 ** 32 - 1, 7) },
    { dtype: 'int64', shape: [2], data: BigInt64Array.of(-(2n ** 63n), 7n) },
    { dtype: 'uint64', shape: [2], data: BigUint64Array.of(2n ** 64n - 1n, 7n) },
    { dtype: 'bool', shape: [2], data: Uint8Array.of(1, 0) },
    { dtype: 'string', shape: [2], data: ['a', 'ü'] },
    { dtype: 'float', shape: [], data: Float32Array.of(3) },
    { dtype: 'float', shape: [0, 3], data: new Float32Array(0) },
  ];
  it.each(tensors)('$dtype $shape goes in and out', async ({ dtype, shape, data }) => {
    const b = new GraphBuilder();
    const model = b.model(13, b.node('Identity', [b.input('x', shape, dtype)], { outputs: ['y'] }));
    const { y } = await withSession(model, (session) => session.run({ x: { dtype, shape, data } }));
    expect(y).toEqual({ dtype, shape, data });
    expect(y.data.constructor).toBe(data.constructor);
  });

  it('gives all outputs, or those asked for', async () => {
    await withSession(twoOutputs(), async (session) => {
      const x = floats([2], [-1, 2]);
      expect(session.inputNames).toEqual(['x']);
      expect(session.outputNames).toEqual(['y', 'z']);
      expect(Object.keys(await session.run({ x }))).toEqual(['y', 'z']);
      const { z, ...others } = await session.run({ x }, ['z']);
      expect([...z.data]).toEqual([1, -2]);
      expect(others).toEqual({});
    });
  });

  it('hands out the graph the engine runs', async () => {
    const b = new GraphBuilder();
    const y = b.node('Identity', [b.node('Relu', [b.input('x', [2])])]);
    const bytes = await modelToBytes(b.model(13, b.node('Neg', [y])));
    const optimized = await readModel(await runner.optimize(bytes, 'basic'));
    expect([...optimized.graph.nodes].map((node) => node.opType)).toEqual(['Relu', 'Neg']);
  });

  it('writes it to optimizedModelPath', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pare-test-'));
    try {
      const optimizedModelPath = join(folder, 'o.onnx');
      await withSession(twoOutputs(), async () => undefined, { optimizedModelPath, level: 'basic' });
      const { graph } = await readModel(await readFile(optimizedModelPath));
      expect(graph.nodes.size).toBe(2);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('profiles the nodes, and leaves no file behind', async () => {
    const traces = async () =>
      (await readdir(tmpdir())).filter((name) => name.startsWith(`pare-${process.pid}-`));
    const before = await traces();
    const profiled = async (session: Session) => {
      for (let i = 0; i < 3; i++) await session.run({ x: floats([2], [1, 2]) });
      return session.profile();
    };
    const times = await withSession(twoOutputs(), profiled, { profile: true, level: 'disabled' });
    // The two nodes may run in either order.
    expect(times.map(({ name, opType, calls }) => [name, opType, calls].join(' ')).sort()).toEqual([
      'n Neg 3',
      'r Relu 3',
    ]);
    expect(times.every(({ totalMs }) => totalMs >= 0)).toBe(true);
    expect(await traces()).toEqual(before);
  });

  describe('errors', () => {
    it('bytes that are no model', async () => {
      const error = await failure(runner.load(Uint8Array.of(1, 2, 3)));
      expect(error.code).toBe('engine-refused-model');
      expect(error.message).toMatch(/^ONNX Runtime does not load the model: .*[Pp]rotobuf/);
    });

    it('an operator the engine does not have', async () => {
      const b = new GraphBuilder();
      const model = b.model(13, b.node('Nonsense', [b.input('x', [1])], { name: 'here' }));
      const error = await failure(runner.load(await modelToBytes(model)));
      expect(error).toMatchObject({
        code: 'engine-refused-model',
        message: expect.stringContaining('Nonsense'),
      });
    });

    const feeds: [string, Record<string, Tensor>, RegExp][] = [
      ['a missing input', {}, /'x'/],
      ['a wrong shape', { x: floats([3], [1, 2, 3]) }, /x.*Got: 3 Expected: 2/s],
      ['a wrong rank', { x: floats([1, 2], [1, 2]) }, /x.*rank/is],
      ['a wrong type', { x: { dtype: 'int32', shape: [2], data: Int32Array.of(1, 2) } }, /int32/],
    ];
    it.each(feeds)('%s', async (_, x, text) => {
      const error = await failure(withSession(twoOutputs(), (session) => session.run(x)));
      expect(error.code).toBe('run-failed');
      expect(error.message).toMatch(text);
    });

    it('an output the model does not have', async () => {
      const x = floats([2], [1, 2]);
      const error = await failure(withSession(twoOutputs(), (session) => session.run({ x }, ['nowhere'])));
      expect(error).toMatchObject({ code: 'run-failed', message: expect.stringContaining('nowhere') });
    });

    it("a tensor that breaks its own contract is a programmer's mistake", async () => {
      const x = floats([2], [1, 2, 3]);
      await expect(withSession(twoOutputs(), (session) => session.run({ x }))).rejects.toThrow(/size\(2\)/);
    });

    it.each<DataType>(['bfloat16', 'int4', 'float8e4m3fn'])('%s as an input', async (dtype) => {
      const x: Tensor = { dtype, shape: [1], data: new Uint8Array(1) };
      const error = await failure(withSession(twoOutputs(), (session) => session.run({ x })));
      expect(error).toMatchObject({ code: 'unsupported-element-type', got: dtype });
    });
  });
});
