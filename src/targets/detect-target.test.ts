import { describe, expect, it } from 'vitest';
import type { Runner } from '../base/runner.ts';
import { readModel } from '../onnx/read/read-model.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { FakeSession } from '../testing/fake-session.ts';
import { detectTarget } from './detect-target.ts';

/** 64 products of 255 · 127. */
const EXACT = 2072640;
/** 32 pairs, each cut to 16 bits. */
const SATURATED = 32 * 32767;

/** An engine whose integer products come out as given; notes the model it was handed. */
function engine(product: number, models: Uint8Array[] = []): Runner {
  const data = Int32Array.of(product);
  return {
    engine: { name: 'fake', version: '0' },
    load: async (model) => {
      models.push(model);
      return new FakeSession([], ['y'], () => ({ y: { dtype: 'int32', shape: [1, 1], data } }));
    },
    optimize: async (model) => model,
  };
}

describe('detectTarget', () => {
  it('an exact product means VNNI', async () => {
    expect((await detectTarget(engine(EXACT), 'x64')).name).toBe('x64-vnni');
  });

  it('a saturated product means none, and weights of 7 bits', async () => {
    const target = await detectTarget(engine(SATURATED), 'x64');
    expect(target.name).toBe('x64');
    expect(target.reduceRange).toBe(true);
  });

  it('64-bit ARM is known by its name', async () => {
    const models: Uint8Array[] = [];
    expect((await detectTarget(engine(SATURATED, models), 'arm64')).name).toBe('arm64');
    expect(models).toEqual([]);
  });

  it('asks for one product of extreme values', async () => {
    const models: Uint8Array[] = [];
    await detectTarget(engine(EXACT, models), 'x64');
    const { graph } = await readModel(models[0]);
    expect([...graph.nodes].map((node) => node.opType)).toEqual(['MatMulInteger']);
    expect([...graph.initializers].map(({ initializer }) => initializer?.shape)).toEqual([
      [1, 64],
      [64, 1],
    ]);
  });

  it('the engine here is one of them', async () => {
    const target = await detectTarget(await ortNode(), process.arch);
    expect(process.arch === 'arm64' ? ['arm64'] : ['x64', 'x64-vnni']).toContain(target.name);
  });
});
