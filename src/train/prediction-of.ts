import type { Loss } from '../autodiff/loss.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Value } from '../onnx/ir/value.ts';
import type { GraphWriter } from '../ops/graph-writer.ts';
import type { TypeMap } from '../ops/infer-types.ts';
import { classScoresMissing, outputNotFound } from './errors.ts';

/** What a loss judges. */
export interface Prediction {
  /** The model's output it belongs to. */
  readonly name: string;
  readonly value: Value;
  /** Every length known; classes stand on axis 1. */
  readonly shape: readonly number[];
}

/** How the judged value is found. */
export interface PredictionChoice {
  /** The output that is judged; default the first. */
  readonly output?: string | undefined;
  readonly loss: Pick<Loss, 'target' | 'takesLogits'>;
  /** Scores stand on the last axis, as those of each position of a sequence do, and not on axis 1. */
  readonly classesLast?: boolean | undefined;
}

/** The value judged. Class scores behind a final Softmax are judged in front of it: the loss has its own. */
export function predictionOf(
  graph: Graph,
  write: GraphWriter,
  types: TypeMap,
  { output, loss, classesLast }: PredictionChoice,
): Prediction {
  const names = graph.outputs.map(({ name }) => name);
  const value = output === undefined ? graph.outputs[0] : graph.outputs.find(({ name }) => name === output);
  if (!value) throw outputNotFound(output ?? '', names);
  const judged = loss.takesLogits ? inFrontOfSoftmax(value) : value;
  const shape = types.get(judged)?.shape;
  if (!shape?.every((n) => typeof n === 'number') || (loss.target === 'classes' && shape.length < 2))
    throw classScoresMissing(value.name, shape);
  // Narrowed by the check of every length.
  const lengths = shape as readonly number[];
  if (!classesLast || lengths.length < 3) return { name: value.name, value: judged, shape: lengths };
  const [last, ...rest] = [lengths.length - 1, ...lengths.keys()].slice(0, -1);
  const order = [rest[0], last, ...rest.slice(1)];
  return {
    name: value.name,
    value: write.transpose(judged, order),
    shape: order.map((axis) => lengths[axis]),
  };
}

function inFrontOfSoftmax(value: Value): Value {
  const { producer } = value;
  const isBehind =
    producer?.domain === '' && (producer.opType === 'Softmax' || producer.opType === 'LogSoftmax');
  return isBehind ? producer.inputs[0]! : value;
}
