import { cloneModel } from '../onnx/clone-model.ts';
import { Graph } from '../onnx/ir/graph.ts';
import { Model } from '../onnx/ir/model.ts';
import { Node } from '../onnx/ir/node.ts';
import { Value } from '../onnx/ir/value.ts';
import type { StepGraph } from './step-graph.ts';
import { stepNames } from './step-names.ts';

/**
 * Any number of steps as one graph: a Scan whose body is the step. Vectors are handed on from step to step, everything else
 * is fed for all steps at once, stacked along a new first axis; losses come out so. The results have the same bits as those
 * of step by step, without the engine being called for each.
 */
export function severalSteps({ model, start }: StepGraph): Model {
  const copy = cloneModel(model);
  const body = copy.graph;
  const held = Object.keys(start);
  const states = held.map((name) => named(body.inputs, name));
  const shown = body.inputs.filter((value) => !states.includes(value));
  const successors = held.map((name) => named(body.outputs, stepNames.next(name)));
  const loss = named(body.outputs, stepNames.loss);
  const graph = new Graph('steps');
  graph.inputs = [...states.map((value) => twin(value)), ...shown.map((value) => twin(value, true))];
  graph.outputs = [...successors, loss].map(({ name }) => new Value(name));
  body.inputs = [...states, ...shown];
  body.outputs = [...successors, loss];
  // Names in a body must not be those around it.
  for (const value of [...body.inputs, ...body.outputs]) value.name = `step/${value.name}`;
  graph.add(
    new Node({
      opType: 'Scan',
      inputs: graph.inputs,
      outputs: graph.outputs,
      attributes: [
        ['body', { type: 'GRAPH', value: body }],
        ['num_scan_inputs', { type: 'INT', value: BigInt(shown.length) }],
      ],
    }),
  );
  const steps = new Model(graph);
  for (const [domain, version] of copy.opsetImports) steps.opsetImports.set(domain, version);
  steps.irVersion = copy.irVersion;
  return steps;
}

function named(values: readonly Value[], name: string): Value {
  const value = values.find((each) => each.name === name);
  if (!value) throw new Error(`a step has no "${name}"`);
  return value;
}

/** A value of that name and type, with an axis for steps in front where that is asked for. */
function twin({ name, type }: Value, isStacked = false): Value {
  if (type?.kind !== 'tensor') return new Value(name, type);
  return new Value(name, { ...type, shape: isStacked ? [null, ...(type.shape ?? [])] : type.shape });
}
