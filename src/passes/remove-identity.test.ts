import { describe, expect, it } from 'vitest';
import type { Model } from '../onnx/ir/model.ts';
import type { Value } from '../onnx/ir/value.ts';
import { GraphBuilder } from '../testing/build-graph.ts';
import { expectRefusedBy, operatorsOf, rewriteBy } from '../testing/rewrite-by.ts';
import { removeIdentity } from './remove-identity.ts';

describe('removeIdentity', () => {
  it('removes Identity and Dropout within a chain, and before an output', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [3]);
    const y = b.node('Relu', [b.node('Dropout', [b.node('Identity', [x])])]);
    const z = b.node('Identity', [y], { outputs: ['z'] });
    const model = await rewriteBy(removeIdentity, b.model(13, z, b.node('Neg', [y])), 3);
    expect(operatorsOf(model)).toEqual(['Relu', 'Neg']);
    expect(model.graph.outputs[0].name).toBe('z');
  });

  it.each<[string, (b: GraphBuilder) => Model]>([
    ['input to output', (b) => b.model(13, b.node('Identity', [b.input('x', [3])]))],
    [
      'output to output',
      (b) => {
        const y = b.node('Relu', [b.input('x', [3])]);
        return b.model(13, y, b.node('Identity', [y]));
      },
    ],
    ['constant to output', (b) => b.model(13, b.node('Identity', [b.weights('c', [3])]))],
    [
      'a dropout whose mask is read',
      (b) => {
        const node = b.nodeOf('Dropout', [b.input('x', [3])], { outputs: ['y', 'mask'] });
        return b.model(13, b.node('Relu', [node.output]), node.outputs[1] as Value);
      },
    ],
  ])('leaves %s alone', async (_, build) => expectRefusedBy(removeIdentity, build(new GraphBuilder())));
});
