import { z } from 'zod';
import type { Value } from '../../onnx/ir/value.ts';
import type { GraphWriter } from '../../ops/graph-writer.ts';
import type { Loss, LossInputs } from '../loss.ts';

const options = z.strictObject({
  /** Share of the target spread evenly over all classes (Szegedy et al. 2016, §7). */
  labelSmoothing: z.number().min(0).max(1).default(0),
  /** What each class counts; default 1 each. The mean is then weighted. */
  classWeights: z.array(z.number().min(0)).optional(),
});

/** −Σ target·log softmax(z); negative classes (padding) do not count. */
export const crossEntropy: Loss<z.output<typeof options>> = {
  name: 'cross-entropy',
  summary: 'of class scores (logits), with label smoothing and class weights',
  target: 'classes',
  takesLogits: true,
  options,
  build(inputs, { labelSmoothing, classWeights }) {
    const { write, prediction, shape, target } = inputs;
    const classes = shape[1];
    const isCounted = write.op('GreaterOrEqual', [target, write.scalar(0, 'int64')]);
    const safe = write.op('Where', [isCounted, target, write.scalar(0, 'int64')]);
    const hot = write.op(
      'OneHot',
      [safe, write.scalar(classes, 'int64'), onOff(write, classes, labelSmoothing)],
      {
        axis: 1,
      },
    );
    const logs = write.op('LogSoftmax', [prediction], { axis: 1 });
    const weights = weightsOf(write, safe, isCounted, classWeights);
    const shares = sharesOf(inputs, weights, [shape[0], ...shape.slice(2)]);
    const wanted = write.op('Mul', [hot, write.reshape(shares, [shape[0], 1, ...shape.slice(2)])]);
    // What does not depend on parameters is multiplied first: fewer gradients.
    return write.op('ReduceSum', [write.op('Mul', [logs, wanted])], { keepdims: 0 });
  },
};

/** Values off and on: what a class gets that is not and that is the target. */
function onOff(write: GraphWriter, classes: number, smoothing: number): Value {
  const off = smoothing / classes;
  return write.constant({ dtype: 'float', shape: [2], data: Float32Array.of(off, 1 - smoothing + off) });
}

function weightsOf(
  write: GraphWriter,
  classes: Value,
  isCounted: Value,
  given: readonly number[] | undefined,
): Value {
  const counts = write.cast(isCounted, 'float');
  if (!given) return counts;
  const table = write.constant({ dtype: 'float', shape: [given.length], data: Float32Array.from(given) });
  return write.op('Mul', [counts, write.op('Gather', [table, classes])]);
}

/** −w / Σ w over all places of all samples that count. */
function sharesOf({ write, sampleWeights }: LossInputs, weights: Value, shape: readonly number[]): Value {
  const column = [shape[0], ...shape.slice(1).map(() => 1)];
  const all = sampleWeights ? write.op('Mul', [weights, write.reshape(sampleWeights, column)]) : weights;
  const sum = write.op('ReduceSum', [all], { keepdims: 0 });
  return write.op('Div', [all, write.op('Neg', [write.op('Max', [sum, write.scalar(1e-12)])])]);
}
