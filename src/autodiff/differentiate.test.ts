import { expect, test } from 'vitest';
import { inferTypes } from '../ops/infer-types.ts';
import { readSmallConstants } from '../ops/small-constants.ts';
import { GraphBuilder, subgraph } from '../testing/build-graph.ts';
import { differentiate } from './differentiate.ts';

test('a parameter that only the body of an If reads is not taken to be without influence', async () => {
  const b = new GraphBuilder();
  const parameter = b.input('p', [2]);
  const [yes, no] = ['Neg', 'Abs'].map((opType) => {
    const body = new GraphBuilder(opType);
    return subgraph(body.ends(body.node(opType, [parameter], { outputs: [`${opType} of p`] })));
  });
  const chosen = b.node('If', [b.input('c', [], 'bool')], {
    name: 'choice',
    attributes: { then_branch: yes, else_branch: no },
  });
  chosen.type = { kind: 'tensor', dtype: 'float', shape: [2] };
  const loss = b.node('ReduceSum', [chosen], { attributes: { keepdims: 0 } });
  const model = b.model(18, loss);
  const facts = { types: await inferTypes(model), constants: await readSmallConstants(b.graph) };
  expect(() => differentiate(b.graph, loss, [parameter], facts)).toThrow(
    expect.objectContaining({ code: 'no-gradient-rule', got: 'If' }),
  );
});
