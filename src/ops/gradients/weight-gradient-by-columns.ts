import type { Value } from '../../onnx/ir/value.ts';
import { elementCount } from '../../tensor/element-count.ts';
import type { GraphWriter } from '../graph-writer.ts';
import { padded } from './slicing.ts';
import { sumOverFirst } from './sum-over-first.ts';
import type { WeightGradient } from './weight-gradient.ts';
import { tapsAlong } from './window-taps.ts';

/** What each place of the window sees through all taps, [N, taps·C, P], and one product with dY, [N, O, P]. */
export function weightGradientByColumns(write: GraphWriter, gradient: WeightGradient): Value {
  const { dy, window, batch, inputs, outputs } = gradient;
  const { kernel, narrow } = window;
  const [taps, places] = [elementCount(kernel), elementCount(narrow)];
  const flat = write.reshape(columns(write, gradient), [batch, taps * inputs, places]);
  const product = write.op('MatMul', [
    write.reshape(dy, [batch, outputs, places]),
    write.transpose(flat, [0, 2, 1]),
  ]);
  const summed = sumOverFirst(
    write,
    product,
    [batch, outputs, taps * inputs],
    taps === 1 ? [outputs, inputs, ...kernel] : [outputs, taps, inputs],
  );
  return taps === 1
    ? summed
    : write.reshape(write.transpose(summed, [0, 2, 1]), [outputs, inputs, ...kernel]);
}

/**
 * The taps side by side as channels, cut out axis by axis from the last on: kh + kw cuts instead of kh · kw. A single tap is
 * cut from the first axis on, whose cuts are whole rows.
 */
function columns(write: GraphWriter, { x, window }: WeightGradient): Value {
  let value = padded(write, x, [0, 0, ...window.begins], [0, 0, ...window.ends]);
  const axes = [...window.kernel.keys()];
  if (elementCount(window.kernel) > 1) axes.reverse();
  for (const axis of axes) {
    const taps = tapsAlong(write, value, window, axis);
    value = taps.length === 1 ? taps[0] : write.op('Concat', taps, { axis: 1 });
  }
  return value;
}
