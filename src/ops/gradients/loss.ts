import type { Value } from '../../onnx/ir/value.ts';
import { elementCount } from '../../tensor/element-count.ts';
import type { GradientContext, GradientRule, GradientRules } from '../gradient.ts';

/**
 * dL/dz = w·(softmax(z) − onehot(class)), divided by Σ w for the mean. Classes equal to `ignore_index` weigh nothing.
 * z is [N, C, …], classes [N, …].
 */
const softmaxCrossEntropy: GradientRule = (context) => {
  const { write, gradient } = context;
  const probabilities = write.op('Softmax', [context.input(0)], { axis: 1 });
  const parts: Value[] = [];
  if (gradient(0)) {
    const { hot, weight } = chosen(context);
    parts.push(write.op('Mul', [write.op('Sub', [probabilities, hot]), weight]));
  }
  // The second output is log p: as in LogSoftmax.
  const own = gradient(1);
  if (own) parts.push(write.op('Sub', [own, write.op('Mul', [probabilities, write.sum(own, [1])])]));
  return [parts.length === 1 ? parts[0] : write.op('Sum', parts)];
};

/** dL/d(log p) = −w·onehot(class), divided by Σ w for the mean. */
const negativeLogLikelihood: GradientRule = (context) => {
  const { write } = context;
  const { hot, weight } = chosen(context);
  return [write.op('Mul', [hot, write.op('Neg', [weight])])];
};

/** onehot(class) as [N, C, …], and what each sample weighs in the loss, times dL/dloss, as [N, 1, …]. */
function chosen(context: GradientContext): { hot: Value; weight: Value } {
  const { node, write } = context;
  const shape = context.inputShape(0);
  const classes = write.cast(context.input(1), 'int64');
  const hot = write.op(
    'OneHot',
    [
      classes,
      write.scalar(shape[1], 'int64'),
      write.constant({ dtype: 'float', shape: [2], data: Float32Array.of(0, 1) }),
    ],
    { axis: 1 },
  );
  const own = sampleWeights(context, classes);
  const reduction = node.string('reduction') ?? 'mean';
  const dl = context.gradient(0)!;
  const column = [shape[0], 1, ...shape.slice(2)];
  if (reduction === 'none') {
    const spread = write.reshape(dl, column);
    return { hot, weight: own ? write.op('Mul', [write.reshape(own, column), spread]) : spread };
  }
  const count = elementCount(column);
  if (!own) {
    const share = reduction === 'mean' ? write.op('Mul', [dl, write.scalar(1 / count)]) : dl;
    return { hot, weight: share };
  }
  const total = reduction === 'mean' ? write.op('ReduceSum', [own], { keepdims: 0 }) : undefined;
  const share = total ? write.op('Div', [dl, total]) : dl;
  return { hot, weight: write.op('Mul', [write.reshape(own, column), share]) };
}

/** Weight of each sample's class, 0 where it is ignored; undefined where all weigh 1. */
function sampleWeights(context: GradientContext, classes: Value): Value | undefined {
  const { node, write } = context;
  const ignored = node.int('ignore_index');
  const isCounted =
    ignored === undefined
      ? undefined
      : write.op('Not', [write.op('Equal', [classes, write.scalar(ignored, 'int64')])]);
  const given = node.inputs[2];
  if (!given) return isCounted && write.cast(isCounted, 'float');
  if (!isCounted) return write.op('Gather', [given, classes]);
  // An ignored class may be no index of the weights.
  const safe = write.op('Where', [isCounted, classes, write.scalar(0, 'int64')]);
  return write.op('Mul', [write.op('Gather', [given, safe]), write.cast(isCounted, 'float')]);
}

export const lossGradients: GradientRules = {
  SoftmaxCrossEntropyLoss: softmaxCrossEntropy,
  NegativeLogLikelihoodLoss: negativeLogLikelihood,
};
