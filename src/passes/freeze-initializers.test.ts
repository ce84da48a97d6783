import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../testing/build-graph.ts';
import { rewriteBy } from '../testing/rewrite-by.ts';
import { freezeInitializers } from './freeze-initializers.ts';

describe('freezeInitializers', () => {
  it('takes weights off the inputs, and raises the IR version', async () => {
    const b = new GraphBuilder();
    const w = b.weights('w', [3]);
    const model = b.model(8, b.node('Add', [b.input('x', [3]), w]));
    model.graph.inputs.push(w);
    model.irVersion = 3;
    const frozen = await rewriteBy(freezeInitializers, model, 1);
    expect(frozen.graph.inputs.map((value) => value.name)).toEqual(['x']);
    expect(frozen.irVersion).toBe(4);
  });
});
