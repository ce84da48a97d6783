import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Runner } from '../base/runner.ts';
import type { Model } from '../onnx/ir/model.ts';
import { readModel } from '../onnx/read/read-model.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { targets } from '../targets/index.generated.ts';
import { GraphBuilder } from '../testing/build-graph.ts';
import { FakeSession } from '../testing/fake-session.ts';
import { normalDataset } from '../testing/quantize-graph.ts';
import { addNamedConv } from '../testing/small-nets.ts';
import { int8 } from './formats/int8.ts';
import { uint8 } from './formats/uint8.ts';
import { keepFastest } from './keep-fastest.ts';
import { observerOf } from './observer-of.ts';
import { Quantizer } from './quantizer.ts';

const engine = await ortNode();
let now = 0;

// The engine is made up, and so is the time it takes.
beforeEach(() => {
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const names = ['stem', 'second', 'depthwise', 'last'];

function net(): Model {
  const b = new GraphBuilder();
  let x = addNamedConv(b, 'stem', b.input('x', [1, 4, 4, 4]), [4, 4]);
  x = addNamedConv(b, 'second', x, [4, 4]);
  x = addNamedConv(b, 'depthwise', x, [4, 4], { attributes: { group: 4 } });
  return b.model(13, addNamedConv(b, 'last', x, [4, 4]));
}

/** Milliseconds of a layer, quantized and in float; borders between them cost 1. */
type Times = Record<string, { quantized: number; float: number }>;

function runnerOf(times: Times, open: { count: number }): Runner {
  const load: Runner['load'] = async (bytes) => {
    const { graph } = await readModel(bytes);
    let ms = 0;
    for (const node of graph.nodes) {
      if (node.opType === 'Conv') ms += times[node.name][node.inputs[1]?.producer ? 'quantized' : 'float'];
      if (node.opType === 'DequantizeLinear' && !node.inputs[0]?.initializer) ms += 0.01;
    }
    open.count++;
    const session = new FakeSession(['x'], [], () => {
      now += ms;
      return {};
    });
    session.close = async () => {
      open.count--;
    };
    return session;
  };
  return { ...engine, load };
}

async function choose(times: Times): Promise<string[]> {
  const model = net();
  const dataset = normalDataset(model, 3);
  const indices = [0, 1, 2];
  const quantizer = new Quantizer(model, {
    target: targets['x64-vnni'],
    activations: uint8,
    weights: int8,
    granularity: 'channel',
    reduceRange: false,
    symmetricActivations: false,
    correctBiases: false,
    include: [],
    exclude: [],
    createObserver: observerOf('minmax'),
  });
  await quantizer.calibrate({ runner: engine, dataset, indices });
  const open = { count: 0 };
  const { floatLayers } = await keepFastest(quantizer, { runner: runnerOf(times, open), dataset, indices });
  expect(open.count).toBe(0);
  expect([...new Set(floatLayers.values())]).toEqual(floatLayers.size > 0 ? ['faster in float here'] : []);
  return [...floatLayers.keys()];
}

const all = (quantized: number, float: number): Times =>
  Object.fromEntries(names.map((name) => [name, { quantized, float }]));

describe('keepFastest', () => {
  it('leaves nothing in float where integers are faster everywhere', async () => {
    expect(await choose(all(1, 3))).toEqual([]);
  });

  it('finds the float stem that pays', async () => {
    const times = { ...all(1, 3), stem: { quantized: 5, float: 1 }, second: { quantized: 2, float: 1 } };
    expect(await choose(times)).toEqual(['stem', 'second']);
  });

  it('finds single layers', async () => {
    expect(await choose({ ...all(1, 3), depthwise: { quantized: 4, float: 1 } })).toEqual(['depthwise']);
    expect(await choose({ ...all(1, 3), last: { quantized: 4, float: 1 } })).toEqual(['last']);
  });

  it('takes no gain of less than a hundredth', async () => {
    expect(await choose({ ...all(1, 3), last: { quantized: 1, float: 0.98 } })).toEqual([]);
  });
});
