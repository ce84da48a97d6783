import { describe, expect, it } from 'vitest';
import { modelToBytes } from '../onnx/write/write-model.ts';
import { GraphBuilder } from './build-graph.ts';
import { runApart } from './run-apart.ts';
import { floats } from './tensors.ts';

describe('runApart tells how far a model came', () => {
  const x = floats([2], [1, 2]);
  const castTo = (code: number) => {
    const b = new GraphBuilder();
    const y = b.node('Cast', [b.input('x', [2])], { attributes: { to: code } });
    return modelToBytes(b.model(21, y));
  };

  it.each([
    ['a run', async () => castTo(7), x, 'ran'],
    // The engine's binding dies of int4 outputs (research/ecosystem.md §1).
    ['a death', async () => castTo(22), x, 'died'],
    ['a failure', async () => castTo(7), floats([3], [1, 2, 3]), 'run-failed'],
    ['a refusal', async () => new Uint8Array([1, 2, 3]), x, 'engine-refused-model'],
  ])('%s', async (_, model, given, code) => {
    expect((await runApart(await model(), { x: given })).code).toBe(code);
  });
});
