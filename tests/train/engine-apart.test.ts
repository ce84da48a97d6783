import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import type { RunnerApart } from '../../src/base/runner.ts';
import type { Tensor } from '../../src/base/tensor.ts';
import { modelToBytes } from '../../src/onnx/write/write-model.ts';
import { ortNode } from '../../src/runtime/ort-node.ts';
import { GraphBuilder } from '../../src/testing/build-graph.ts';
import { f32, floats, int64 } from '../../src/testing/tensors.ts';
import { engineProgram } from './engine-program.ts';

const here = await ortNode({ engineProgram: engineProgram() });
const opened: RunnerApart[] = [];

async function apart(): Promise<RunnerApart> {
  const runner = await here.apart?.();
  if (!runner) throw new Error('no processes');
  opened.push(runner);
  return runner;
}

afterAll(async () => {
  await Promise.all(opened.map((each) => each.close()));
});

async function productModel(): Promise<Uint8Array> {
  const b = new GraphBuilder();
  return modelToBytes(b.model(18, b.node('MatMul', [b.input('x', ['N', 300]), b.weights('w', [300, 500])])));
}

test('an engine apart computes what the engine here does, large tensors and small', async () => {
  const model = await productModel();
  const [own, other] = [await here.load(model), await (await apart()).load(model)];
  for (const rows of [1, 7, 900]) {
    const feeds = { x: f32([rows, 300], `${rows}`) };
    expect(await other.run(feeds)).toEqual(await own.run(feeds));
  }
  expect(other.outputNames).toEqual(own.outputNames);
  await own.close();
  await other.close();
});

test('tensors of every type come back as they went', async () => {
  const b = new GraphBuilder();
  const inputs: Record<string, Tensor> = {
    float: floats([2], [1.5, -0]),
    int64: int64([1n, -(2n ** 60n)].map(Number)),
    bool: { dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) },
    string: { dtype: 'string', shape: [2], data: ['a', 'größer'] },
    float16: { dtype: 'float16', shape: [1], data: Uint16Array.of(0x3c00) },
    int8: { dtype: 'int8', shape: [0], data: new Int8Array(0) },
  };
  const outputs = Object.entries(inputs).map(([name, { dtype, shape }]) =>
    b.node('Identity', [b.input(name, [...shape], dtype)], { outputs: [`${name}_out`] }),
  );
  const session = await (await apart()).load(await modelToBytes(b.model(18, ...outputs)));
  const results = await session.run(inputs);
  for (const [name, tensor] of Object.entries(inputs)) expect(results[`${name}_out`]).toEqual(tensor);
});

test('what the engine refuses is the same error as here, and it goes on', async () => {
  const runner = await apart();
  await expect(runner.load(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({ code: 'engine-refused-model' });
  const session = await runner.load(await productModel());
  await expect(session.run({ x: f32([1, 3], 'short') })).rejects.toMatchObject({ code: 'run-failed' });
  expect((await session.run({ x: f32([2, 300], 'right') }))[session.outputNames[0]].shape).toEqual([2, 500]);
});

test('requests at once are answered each with its own', async () => {
  const session = await (await apart()).load(await productModel());
  const rows = [3, 1, 5, 2];
  const results = await Promise.all(rows.map((n) => session.run({ x: f32([n, 300], 'x') })));
  expect(results.map((each) => each[session.outputNames[0]].shape[0])).toEqual(rows);
});

/** Children of this process by what they run. */
function enginePids(): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      const parent = /\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
      return (
        Number(parent) === process.pid &&
        readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('engine-process')
      );
    } catch {
      return false;
    }
  });
}

test.skipIf(process.platform !== 'linux')(
  'one that is killed says so, to whoever waits and whoever comes',
  async () => {
    const before = new Set(enginePids());
    const runner = await apart();
    const session = await runner.load(await productModel());
    const [pid] = enginePids().filter((each) => !before.has(each));
    const waiting = session.run({ x: f32([20_000, 300], 'long') });
    process.kill(pid, 'SIGKILL');
    await expect(waiting).rejects.toMatchObject({ code: 'engine-died' });
    await expect(session.run({ x: f32([1, 300], 'later') })).rejects.toThrow('SIGKILL');
    await runner.close();
  },
);

test.skipIf(process.platform !== 'linux')('one that is closed is gone', async () => {
  const before = enginePids();
  const runner = await apart();
  expect(enginePids()).toHaveLength(before.length + 1);
  await runner.close();
  expect(enginePids()).toEqual(before);
});

test('a program that is not there is named', async () => {
  const lost = await ortNode({ engineProgram: new URL('file:///nowhere/engine-process.mjs') });
  await expect(lost.apart?.()).rejects.toMatchObject({ code: 'engine-program-missing' });
});
