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
  /** Infinity too; of the elements that are numbers. */
  readonly largest: number;
}

/** What each float value that nodes put out is like in one run. Only two small vectors leave the engine. */
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
    const [nan, largest] = Object.values(await session.run(feeds)).map(({ data }) => data);
    return new Map(
      values.map((value, i) => [value, { hasNaN: Number(nan[i]) > 0, largest: Number(largest[i]) }]),
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
    return type?.dtype === 'float' && type.shape?.includes(0) !== true;
  });
}

function outputsOfNodes({ nodes }: Graph): Value[] {
  return [...nodes].flatMap(({ outputs }) => outputs.flatMap((value) => value ?? []));
}

/** Puts two vectors in the place of the outputs: whether there is a NaN, and the greatest magnitude, a number a value. */
function addProbes(graph: Graph, names: readonly string[]): void {
  const byName = new Map(outputsOfNodes(graph).map((value) => [value.name, value]));
  const values = names.flatMap((name) => byName.get(name) ?? []);
  const write = new GraphWriter(graph);
  const greatest = (value: Value) => write.reshape(write.op('ReduceMax', [value], { keepdims: 0 }), [1]);
  const nan = values.map((value) => greatest(write.cast(write.op('IsNaN', [value]), 'float')));
  const largest = values.map((value) => greatest(write.op('Abs', [value])));
  graph.outputs = [nan, largest].map((parts) => write.op('Concat', parts, { axis: 0 }));
  graph.sort();
}
