import { expect, test } from 'vitest';
import { differentiate } from '../autodiff/differentiate.ts';
import { Rng } from '../base/rng.ts';
import type { Tensor } from '../base/tensor.ts';
import { cloneModel } from '../onnx/clone-model.ts';
import { Value } from '../onnx/ir/value.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import { GraphWriter } from '../ops/graph-writer.ts';
import { inferTypes } from '../ops/infer-types.ts';
import { readSmallConstants } from '../ops/small-constants.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { type RandomLayer, randomLayer } from '../testing/random-layer.ts';
import { blockSize } from './block-size.ts';
import { lowerToBlocked } from './lower-to-blocked.ts';
import { nchwcDomain } from './nchwc.ts';

/** `PARE_CASES=1000` for the whole range. */
const CASES = Number(process.env.PARE_CASES ?? 60);
/** Of the largest element. */
const TOLERANCE = 1e-5;

const runner = await ortNode();
const block = await blockSize(runner);

/** Y and the gradients of Σ r·Y, r random. */
async function resultsOf({ model, feeds }: RandomLayer, blockOrNone: number | undefined) {
  const copy = cloneModel(model);
  const { graph } = copy;
  const write = new GraphWriter(graph);
  const [y] = graph.outputs;
  const shape = (await inferTypes(copy)).get(y)!.shape as readonly number[];
  const r = new Value('r', { kind: 'tensor', dtype: 'float', shape });
  graph.inputs.push(r);
  const loss = write.op('ReduceSum', [write.op('Mul', [y, r])], { keepdims: 0 });
  const wanted = graph.inputs.filter(({ name }) => name in feeds);
  const facts = async () => ({ types: await inferTypes(copy), constants: await readSmallConstants(graph) });
  const gradients = differentiate(graph, loss, wanted, await facts(), {
    keepsComposites: blockOrNone !== undefined,
  });
  if (blockOrNone !== undefined) {
    lowerToBlocked(graph, {
      ...(await facts()),
      block: blockOrNone,
      gradients: new Map(),
      kept: [y, ...gradients.values()],
    });
    copy.opsetImports.set(nchwcDomain, 1);
  }
  graph.outputs = [y, ...gradients.values()].map((value) => write.op('Identity', [value]));
  graph.sort();
  const session = await runner.load(await modelToBytes(copy));
  const rng = new Rng(5);
  const size = shape.reduce((product, n) => product * n, 1);
  const data = Float32Array.from({ length: size }, () => rng.normal());
  const results = await session.run({ ...feeds, r: { dtype: 'float', shape, data } });
  await session.close();
  const isBlocked = [...graph.nodes].some(({ domain }) => domain === nchwcDomain);
  return { tensors: graph.outputs.map(({ name }) => results[name]), isBlocked };
}

function distance(a: Tensor, b: Tensor): number {
  let [worst, largest] = [0, 1e-30];
  for (const [i, x] of b.data.entries()) {
    worst = Math.max(worst, Math.abs(Number(a.data[i]) - Number(x)));
    largest = Math.max(largest, Math.abs(Number(x)));
  }
  return worst / largest;
}

test.skipIf(block === undefined)(
  `${CASES} random layers on blocks do the same as in standard operators`,
  { timeout: 600_000 },
  async () => {
    const rng = new Rng(Number(process.env.PARE_SEED ?? 11));
    let blocked = 0;
    for (let i = 0; i < CASES; i++) {
      const layer = randomLayer(rng);
      const [wanted, found] = [await resultsOf(layer, undefined), await resultsOf(layer, block)];
      if (found.isBlocked) blocked++;
      for (const [k, tensor] of wanted.tensors.entries())
        expect(distance(found.tensors[k], tensor), `output ${k} of ${layer.text}`).toBeLessThanOrEqual(
          TOLERANCE,
        );
    }
    expect(blocked).toBeGreaterThan(0.8 * CASES);
  },
);
