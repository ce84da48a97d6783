import { tilingGradient } from '../../ops/gradients/max-pool.ts';
import { windowOf } from '../../ops/gradients/window.ts';
import type { Form } from '../form.ts';
import { nchwc } from '../nchwc.ts';

/** A pool of planes without a second output. */
function pool(attributes: readonly string[]): Form {
  return (context) => {
    const { node, write, values, input, shapeOf } = context;
    const shape = shapeOf(input(0));
    if (shape.length !== 4 || node.outputs.length > 1 || !values.isBlocked(input(0))) return false;
    if ((node.int('ceil_mode') ?? 0) !== 0) return false;
    const window = windowOf({ node }, shape.slice(2), shapeOf(node.output).slice(2));
    if (window.dilations.some((n) => n !== 1) || window.begins.some((n) => n < 0)) return false;
    const others = attributes.map((name) => [name, node.int(name)] as const);
    const value = nchwc(write, node.opType, [values.blocked(input(0))], {
      kernel_shape: window.kernel,
      strides: window.strides,
      pads: [...window.begins, ...window.ends.map((n) => Math.max(n, 0))],
      ...Object.fromEntries(others),
    });
    context.giveBlocked(0, { value, isZeroFilled: true });
    return true;
  };
}

/** [N, C↑, 1, 1] lies in memory as it does in the plain layout. */
const globalAveragePool: Form = (context) => {
  const { node, write, values, input, shapeOf } = context;
  const shape = shapeOf(input(0));
  if (shape.length !== 4 || !values.isBlocked(input(0))) return false;
  const [, channels] = shape;
  const value = nchwc(write, node.opType, [values.blocked(input(0))]);
  const fill = values.whole(channels) - channels;
  context.give(0, fill === 0 ? value : write.op('Pad', [value, write.ints([0, 0, 0, 0, 0, -fill, 0, 0])]));
  return true;
};

const maxPoolGradient: Form = (context) => {
  const { node, write, values, input, shapeOf } = context;
  const shape = shapeOf(input(1));
  if (shape.length !== 4 || !values.isBlocked(input(1))) return false;
  const [dy, x, y] = [0, 1, 2].map((index) => values.blocked(input(index)));
  const kernel = node.ints('kernel')!;
  const tiling = { kernel, narrow: node.ints('narrow')!, wide: shape.slice(2) };
  const { block } = values;
  const value = tilingGradient(write, {
    dy,
    x,
    y,
    shape: [shape[0], values.whole(shape[1]), ...tiling.wide],
    inner: block,
    tiling,
    pool: (ranked) =>
      nchwc(write, 'MaxPool', [ranked], { kernel_shape: kernel, strides: kernel, pads: [0, 0, 0, 0] }),
  });
  context.giveBlocked(0, { value, isZeroFilled: true });
  return true;
};

export const poolingForms: Readonly<Record<string, Form>> = {
  MaxPool: pool([]),
  AveragePool: pool(['count_include_pad']),
  GlobalAveragePool: globalAveragePool,
  MaxPoolGradient: maxPoolGradient,
};
