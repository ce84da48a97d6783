import type { Runner } from '../base/runner.ts';
import type { Tensor } from '../base/tensor.ts';
import { cloneModel } from '../onnx/clone-model.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { Value } from '../onnx/ir/value.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import { GraphWriter } from '../ops/graph-writer.ts';
import { inferTypes } from '../ops/infer-types.ts';

/** What a tensor's elements are like. */
export interface Finiteness {
  readonly hasNaN: boolean;
  /** Greatest magnitude, infinity too; of no meaning beside NaN. */
  readonly largest: number;
}

/** What each float value that nodes put out is like in one run. Only one small vector leaves the engine. */
export async function finiteness(
  model: Model,
  feeds: Readonly<Record<string, Tensor>>,
  runner: Runner,
): Promise<Map<Value, Finiteness>> {
  const values = await floatValues(model);
  const probed = cloneModel(model);
  addProbes(
    probed.graph,
    values.map(({ name }) => name),
  );
  // As it is written: the engine's own rewriting could hide what happens.
  const session = await runner.load(await modelToBytes(probed), { level: 'disabled' });
  try {
    const [{ data }] = Object.values(await session.run(feeds));
    return new Map(
      values.map((value, i) => {
        const [sum, max, min] = [0, 1, 2].map((k) => Number(data[3 * i + k]));
        return [value, { hasNaN: Number.isNaN(sum), largest: Math.max(max, -min) }];
      }),
    );
  } finally {
    await session.close();
  }
}

async function floatValues(model: Model): Promise<Value[]> {
  const types = await inferTypes(model, { ignoreStated: true });
  return outputsOfNodes(model.graph).filter((value) => {
    const type = types.get(value);
    // Of no elements none is the greatest.
    return type?.dtype === 'float' && type.shape?.includes(0) !== true && !isOverwritten(value);
  });
}

function outputsOfNodes({ nodes }: Graph): Value[] {
  return [...nodes].flatMap(({ outputs }) => outputs.flatMap((value) => value ?? []));
}

/** The engine's BatchNormalization in training mode writes its new statistics over the old ones, whoever reads them. */
function isOverwritten({ uses }: Value): boolean {
  return uses.some(
    ({ node, index }) =>
      node.opType === 'BatchNormalization' && index >= 3 && node.int('training_mode') === 1,
  );
}

/**
 * Puts a vector in the place of the outputs, three numbers a value: the sum of magnitudes, which is NaN just where there is
 * a NaN, and the extremes, which tell an infinity from a sum that overflows. (The engine's extremes may pass over NaN.) Those
 * of a value stand together, so that the engine looks at it while it is there and need not keep it.
 */
function addProbes(graph: Graph, names: readonly string[]): void {
  const byName = new Map(outputsOfNodes(graph).map((value) => [value.name, value]));
  const write = new GraphWriter(graph);
  const reduced = names
    .flatMap((name) => byName.get(name) ?? [])
    .flatMap((value) => ['ReduceL1', 'ReduceMax', 'ReduceMin'].map((op) => [op, value] as const))
    .map(([op, value]) => write.reshape(write.op(op, [value], { keepdims: 0 }), [1]));
  graph.outputs = [write.op('Concat', reduced, { axis: 0 })];
  graph.sort();
}
