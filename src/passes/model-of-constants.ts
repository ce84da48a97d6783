import { constantOf } from '../onnx/constant-of.ts';
import { Graph } from '../onnx/ir/graph.ts';
import { Model } from '../onnx/ir/model.ts';
import { Node } from '../onnx/ir/node.ts';
import { Value } from '../onnx/ir/value.ts';

/** Name of result number `i` in the model of constants: values of sibling bodies may share theirs. */
export function nameOfResult(i: number): string {
  return `r${i}`;
}

/** A model without inputs: copies of `nodes` (constants and each other are all they read) that make `results`. */
export function modelOfConstants(model: Model, nodes: readonly Node[], results: readonly Value[]): Model {
  const graph = new Graph('constants');
  const copies = new Map<Value, Value>();
  const copy = (value: Value): Value => {
    let twin = copies.get(value);
    if (!twin) {
      const source = constantOf(value);
      twin = new Value(`v${copies.size}`, undefined, source);
      copies.set(value, twin);
      if (source) graph.adoptInitializer(twin);
    }
    return twin;
  };
  for (const { opType, name, inputs, outputs, attributes } of nodes) {
    const fields = { opType, name, attributes };
    graph.add(
      new Node({
        ...fields,
        inputs: inputs.map((v) => v && copy(v)),
        outputs: outputs.map((v) => v && copy(v)),
      }),
    );
  }
  graph.outputs = results.map(copy);
  for (const [i, value] of graph.outputs.entries()) value.name = nameOfResult(i);
  const result = new Model(graph);
  result.irVersion = Math.max(4, model.irVersion);
  for (const [domain, version] of model.opsetImports) result.opsetImports.set(domain, version);
  return result;
}
