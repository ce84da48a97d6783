import { expect, test } from 'vitest';
import { ortNode } from '../../runtime/ort-node.ts';
import { GraphBuilder } from '../../testing/build-graph.ts';
import { clean } from './clean.ts';

const runner = await ortNode();

test.each([
  ['shape', ['N=3', 'N=4']],
  ['fix', ['x=1,2', 'x=3,4']],
])('--%s for one name twice is refused, and the model stays', async (flag, texts) => {
  const builder = new GraphBuilder();
  const model = builder.model(17, builder.node('Relu', [builder.input('x', ['N', 2])]));
  const context = { runner, architecture: process.arch, seed: 0, threads: 1, details: false };
  const run = clean.run(model, clean.options.parse({ [flag]: texts }), context);
  await expect(run).rejects.toMatchObject({ code: 'assigned-twice', isUsage: true });
  expect(model.graph.inputs.map(({ type }) => type)).toEqual([
    { kind: 'tensor', dtype: 'float', shape: ['N', 2] },
  ]);
});
