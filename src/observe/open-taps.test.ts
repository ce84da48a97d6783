import { describe, expect, it } from 'vitest';
import { ortNode } from '../runtime/ort-node.ts';
import { GraphBuilder } from '../testing/build-graph.ts';
import { FakeSession } from '../testing/fake-session.ts';
import { floats, int64 } from '../testing/tensors.ts';
import { openTaps } from './open-taps.ts';

const runner = await ortNode();
const x = floats([1, 2], [-1, 2]);

/** x → Relu → r → Mul by 3 → y; and the length of x. */
function net() {
  const b = new GraphBuilder();
  const data = b.input('x', [1, 2]);
  const r = b.node('Relu', [data], { outputs: ['r'] });
  const y = b.node('Mul', [r, b.constant('three', floats([], [3]))], { outputs: ['y'] });
  b.node('Shape', [data], { outputs: ['length'] });
  return b.model(13, y);
}

async function tapped(names: string[]) {
  const taps = await openTaps(net(), names, { runner });
  try {
    return [...(await taps.run({ inputs: { x } }))].map(([name, values]) => [name, Array.from(values)]);
  } finally {
    await taps.close();
  }
}

describe('openTaps', () => {
  it('hands out inputs, values in between and outputs, in the order asked for', async () => {
    expect(await tapped(['y', 'x', 'r'])).toEqual([
      ['y', [0, 6]],
      ['x', [-1, 2]],
      ['r', [0, 2]],
    ]);
  });

  it('inputs alone need no run, which the engine would refuse', async () => {
    expect(await tapped(['x'])).toEqual([['x', [-1, 2]]]);
    expect(await tapped([])).toEqual([]);
  });

  it('values that fused kernels swallow are made all the same, and are the same', async () => {
    const b = new GraphBuilder();
    const conv = b.node('Conv', [b.input('x', [1, 1, 1, 2]), b.constant('w', floats([1, 1, 1, 1], [2]))], {
      outputs: ['c'],
    });
    const model = b.model(13, b.node('Relu', [conv], { outputs: ['y'] }));
    const taps = await openTaps(model, ['c', 'y'], { runner });
    const values = await taps.run({ inputs: { x: floats([1, 1, 1, 2], [-1, 2]) } });
    await taps.close();
    expect([...values].map(([name, data]) => [name, ...data])).toEqual([
      ['c', -2, 4],
      ['y', 0, 4],
    ]);
  });

  it('feeds the state back, and hands it out as input and as output', async () => {
    const b = new GraphBuilder();
    const sum = b.node('Add', [b.input('x', [1]), b.input('h', [1])], { outputs: ['hOut'] });
    const model = b.model(13, sum);
    const taps = await openTaps(model, ['h', 'hOut'], { runner, state: { hOut: 'h' } });
    const seen: number[][] = [];
    for (const [value, sequenceStart] of [
      [1, true],
      [2, false],
      [4, false],
      [8, true],
    ] as const) {
      const step = { inputs: { x: floats([1], [value]), h: floats([1], [0.5]) }, sequenceStart };
      seen.push([...(await taps.run(step)).values()].map(([first]) => first));
    }
    await taps.close();
    expect(seen).toEqual([
      [0.5, 1.5],
      [1.5, 3.5],
      [3.5, 7.5],
      [0.5, 8.5],
    ]);
  });

  it('leaves the model as it was', async () => {
    const model = net();
    await (await openTaps(model, ['r'], { runner })).close();
    expect(model.graph.outputs.map(({ name }) => name)).toEqual(['y']);
  });

  it('refuses names the model does not make', async () => {
    await expect(openTaps(net(), ['r', 'nowhere'], { runner })).rejects.toMatchObject({
      code: 'value-not-observed',
      where: 'nowhere',
    });
  });

  it('refuses values that are not float32, by name', async () => {
    const taps = await openTaps(net(), ['length'], { runner });
    await expect(taps.run({ inputs: { x } })).rejects.toMatchObject({
      code: 'unobservable-type',
      where: 'length',
      got: 'int64',
    });
    await taps.close();
    const session = new FakeSession(['x'], [], () => ({}));
    const fake = { ...runner, load: async () => session };
    const input = await openTaps(net(), ['x'], { runner: fake });
    await expect(input.run({ inputs: { x: int64([1, 2]) } })).rejects.toMatchObject({
      code: 'unobservable-type',
    });
  });
});
