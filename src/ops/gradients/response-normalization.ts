import type { Value } from '../../onnx/ir/value.ts';
import type { GradientContext, GradientRule, GradientRules } from '../gradient.ts';
import { multiplyAlongAxis } from './multiply-along-axis.ts';

/**
 * LRN: y = x · b^−β, b = k + α/n · Σ x² over n channels around. dx = dy · b^−β − 2·α·β/n · x · Σ dy · y / b over those that
 * look at x.
 */
const lrn: GradientRule = (context) => {
  const { node, write } = context;
  const [alpha, beta] = [node.float('alpha') ?? 1e-4, node.float('beta') ?? 0.75];
  const size = node.int('size') ?? 1;
  const [x, dy] = [context.input(0), context.gradient(0)!];
  const sums = overChannels(context, write.op('Mul', [x, x]), size, false);
  const base = write.op('Add', [
    write.op('Mul', [sums, write.scalar(alpha / size)]),
    write.scalar(node.float('bias') ?? 1),
  ]);
  const direct = write.op('Mul', [dy, write.op('Pow', [base, write.scalar(-beta)])]);
  const back = overChannels(context, write.op('Div', [write.op('Mul', [dy, node.output]), base]), size, true);
  const share = write.op('Mul', [write.op('Mul', [x, back]), write.scalar((2 * alpha * beta) / size)]);
  return [write.op('Sub', [direct, share])];
};

/** Sums over the channels c − ⌊(n−1)/2⌋ … c + ⌈(n−1)/2⌉; `isBack`: over those that have c in their reach. */
function overChannels(context: GradientContext, value: Value, size: number, isBack: boolean): Value {
  const shape = context.inputShape(0);
  const channels = shape[1];
  const [below, above] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  const matrix = new Float32Array(channels * channels);
  for (let row = 0; row < channels; row++)
    for (let at = Math.max(row - below, 0); at <= Math.min(row + above, channels - 1); at++)
      matrix[isBack ? at * channels + row : row * channels + at] = 1;
  return multiplyAlongAxis(context.write, value, { shape, axis: 1, to: channels, matrix });
}

/** y = (x − mean) / σ: dx = (dy − mean(dy) − y · mean(dy · y)) / σ. */
const meanVarianceNormalization: GradientRule = (context) => {
  const { node, write } = context;
  const axes = write.ints(node.ints('axes') ?? [0, 2, 3]);
  const mean = (value: Value) => write.op('ReduceMean', [value, axes]);
  const [x, y, dy] = [context.input(0), node.output, context.gradient(0)!];
  const offset = write.op('Sub', [x, mean(x)]);
  const deviation = write.op('Sqrt', [mean(write.op('Mul', [offset, offset]))]);
  const bend = write.op('Mul', [y, mean(write.op('Mul', [dy, y]))]);
  const centred = write.op('Sub', [write.op('Sub', [dy, mean(dy)]), bend]);
  return [write.op('Div', [centred, deviation])];
};

export const responseNormalizationGradients: GradientRules = {
  LRN: lrn,
  MeanVarianceNormalization: meanVarianceNormalization,
};
