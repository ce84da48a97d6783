import { Graph } from '../../onnx/ir/graph.ts';
import { Node } from '../../onnx/ir/node.ts';
import type { TensorType } from '../../onnx/ir/type.ts';
import { Value } from '../../onnx/ir/value.ts';
import { GraphWriter } from '../graph-writer.ts';

/** Matrices [rows, columns], or such of all steps, [steps, rows, columns]. */
export interface Rows {
  readonly value: Value;
  readonly rows: number;
}

/** What the body of a Scan makes of a step. */
export interface ScanStep {
  /** In the order of the states given; each is used as a state alone. */
  readonly states: readonly Value[];
  /** What is collected of all steps. */
  readonly stacked: readonly Value[];
}

export interface ScanParts {
  readonly states: readonly Rows[];
  readonly scanned: readonly Rows[];
  readonly columns: number;
  readonly isReverse: boolean;
  /** Named after what it stands for, for messages; default ''. */
  readonly name?: string;
  readonly body: (write: GraphWriter, states: readonly Value[], slices: readonly Value[]) => ScanStep;
}

/** A Scan over matrices: what it collects stands in the order of what it reads, also where it runs from the end. */
export function writeScan(write: GraphWriter, parts: ScanParts): ScanStep {
  const { states, scanned, columns, isReverse, name = '' } = parts;
  const body = new Graph('step');
  const node = new Node({
    opType: 'Scan',
    name,
    inputs: [...states, ...scanned].map(({ value }) => value),
    outputs: [],
    attributes: [['body', { type: 'GRAPH', value: body }]],
  });
  // Before anything is named inside: names there must differ from those around.
  const { graph } = write;
  graph.add(node);
  const enters = (what: string) => (given: Rows) =>
    new Value(graph.freshName(what), matrix([given.rows, columns]));
  const [own, slices] = [states.map(enters('state')), scanned.map(enters('slice'))];
  body.inputs = [...own, ...slices];
  const step = parts.body(new GraphWriter(body), own, slices);
  body.outputs = [...step.states, ...step.stacked];
  for (const value of body.outputs) value.type ??= matrix();
  const outputs = body.outputs.map((_, i) => new Value(graph.freshName(i < states.length ? 'last' : 'all')));
  node.setOutputs(outputs);
  node.setInt('num_scan_inputs', scanned.length);
  if (isReverse) {
    node.attributes.set('scan_input_directions', ones(scanned.length));
    node.attributes.set('scan_output_directions', ones(step.stacked.length));
  }
  return { states: outputs.slice(0, states.length), stacked: outputs.slice(states.length) };
}

function matrix(shape?: readonly number[]): TensorType {
  return { kind: 'tensor', dtype: 'float', shape };
}

function ones(count: number) {
  return { type: 'INTS' as const, value: new Array<bigint>(count).fill(1n) };
}
