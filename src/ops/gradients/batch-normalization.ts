import type { Node } from '../../onnx/ir/node.ts';
import type { Value } from '../../onnx/ir/value.ts';
import { elementCount } from '../../tensor/element-count.ts';
import { shapeOf } from '../composite-ops.ts';
import type { GradientContext, GradientRule } from '../gradient.ts';
import type { GraphWriter } from '../graph-writer.ts';

/**
 * In training form statistics are the batch's and the gradient passes through them (Ioffe & Szegedy 2015, §3); frozen, they
 * are constants and the layer is a scale and a shift a channel. With r = 1 / √(σ² + ε) and M elements a channel
 *
 *     dγ = r·(Σ dY·X − μ·Σ dY),  dX = γ·r·(dY − Σ dY / M − x̂·dγ / M),  x̂ = (X − μ)·r
 *
 * dX is the sum of two frozen normalizations, one of dY and one of X: as few passes over large tensors as there can be.
 */
export const batchNormalization: GradientRule = (context) => {
  const { node, write } = context;
  const dy = context.gradient(0)!;
  const scale = context.input(1);
  const epsilon = epsilonOf(node);
  if (node.int('training_mode') !== 1) return ofFrozen(context, dy);
  const shape = context.inputShape(0);
  const { mean, variance } = batchStatistics(context, besideChannels(shape.length));
  const vector = [shape[1]];
  return write.composite(
    'BatchNormalizationGradient',
    [dy, context.input(0), scale, mean, variance],
    [shape, vector, vector],
    { epsilon: { type: 'FLOAT', value: epsilon } },
  );
};

/** dX, dγ and dβ where statistics are the batch's. */
export function expandBatchNormalizationGradient(node: Node, write: GraphWriter): (() => Value)[] {
  const [dy, x, scale, mean, variance] = node.inputs.map((value) => value!);
  const shape = node.ints(shapeOf(0))!;
  const axes = besideChannels(shape.length);
  const epsilon = epsilonOf(node);
  const inverse = once(() => inverseDeviation(write, variance, epsilon));
  const dShift = once(() => write.sum(dy, axes, false));
  const dScale = once(() =>
    scaleGradient(write, { dy, x, dShift: dShift(), mean, inverse: inverse(), axes }),
  );
  const dx = () => {
    const count = elementCount(shape) / shape[1];
    const share = write.op('Mul', [write.op('Mul', [scale, inverse()]), write.scalar(-1 / count)]);
    const frozen = frozenLayer(write, { variance, epsilon, channels: shape[1] });
    const ofDy = frozen(dy, scale, write.op('Mul', [share, dShift()]));
    return write.op('Add', [ofDy, frozen(x, write.op('Mul', [share, dScale()]), undefined, mean)]);
  };
  return [dx, dScale, dShift];
}

function ofFrozen(context: GradientContext, dy: Value): (Value | undefined)[] {
  const { node, write, wants, input } = context;
  const shape = context.inputShape(0);
  const axes = besideChannels(shape.length);
  const [epsilon, mean, variance] = [epsilonOf(node), input(3), input(4)];
  const frozen = frozenLayer(write, { variance, epsilon, channels: shape[1] });
  const dShift = wants(1) || wants(2) ? write.sum(dy, axes, false) : undefined;
  const inverse = () => inverseDeviation(write, variance, epsilon);
  return [
    wants(0) ? frozen(dy, input(1)) : undefined,
    wants(1)
      ? scaleGradient(write, { dy, x: input(0), dShift: dShift!, mean, inverse: inverse(), axes })
      : undefined,
    wants(2) ? dShift : undefined,
  ];
}

function epsilonOf(node: Node): number {
  return node.float('epsilon') ?? 1e-5;
}

/** r = 1 / √(σ² + ε) */
function inverseDeviation(write: GraphWriter, variance: Value, epsilon: number): Value {
  return write.op('Reciprocal', [write.op('Sqrt', [write.op('Add', [variance, write.scalar(epsilon)])])]);
}

/** scale · (x − center) · r + shift, by the engine's normalization with given statistics; center and shift are 0 unless given. */
function frozenLayer(
  write: GraphWriter,
  { variance, epsilon, channels }: { variance: Value; epsilon: number; channels: number },
) {
  const zeros = () => write.constant({ dtype: 'float', shape: [channels], data: new Float32Array(channels) });
  return (x: Value, scale: Value, shift?: Value, center?: Value): Value =>
    write.op('BatchNormalization', [x, scale, shift ?? zeros(), center ?? zeros(), variance], {
      epsilon: { type: 'FLOAT', value: epsilon },
    });
}

/** Writes it when it is first asked for. */
function once(write: () => Value): () => Value {
  let made: Value | undefined;
  return () => {
    made ??= write();
    return made;
  };
}

/** The node's further outputs where they are the batch's own; else they are computed again. */
function batchStatistics({ node, write, input }: GradientContext, axes: readonly number[]) {
  const [, mean, variance] = node.outputs;
  if (node.float('momentum') === 0 && mean && variance) return { mean, variance };
  const average = (value: Value, keepdims: number) =>
    write.op('ReduceMean', [value, write.ints(axes)], { keepdims });
  const centered = write.op('Sub', [input(0), average(input(0), 1)]);
  return { mean: average(input(0), 0), variance: average(write.op('Mul', [centered, centered]), 0) };
}

interface ScaleGradient {
  readonly dy: Value;
  readonly x: Value;
  readonly dShift: Value;
  readonly mean: Value;
  readonly inverse: Value;
  readonly axes: readonly number[];
}

function scaleGradient(write: GraphWriter, { dy, x, dShift, mean, inverse, axes }: ScaleGradient): Value {
  const along = write.sum(write.op('Mul', [dy, x]), axes, false);
  return write.op('Mul', [write.op('Sub', [along, write.op('Mul', [mean, dShift])]), inverse]);
}

/** All axes but the channels'. */
function besideChannels(rank: number): number[] {
  return Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== 1);
}
