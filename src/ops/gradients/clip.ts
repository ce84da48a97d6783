import type { Value } from '../../onnx/ir/value.ts';
import type { GradientContext, GradientRule } from '../gradient.ts';
import type { GraphWriter } from '../graph-writer.ts';
import { step } from './step.ts';

/** dY where low < x < high, else 0. */
export const clip: GradientRule = (context) => {
  const { write } = context;
  const dy = context.gradient(0)!;
  const [low, high] = [boundOf(context, 1, 'min'), boundOf(context, 2, 'max')];
  // A pass with a step function costs less than comparing and casting; it needs bounds known beforehand.
  if (typeof low !== 'object' && typeof high !== 'object') {
    const y = context.node.output;
    const masks = [
      ...(low === undefined ? [] : [step(write, y, low, 1)]),
      ...(high === undefined ? [] : [step(write, y, high, -1)]),
    ];
    return [masks.reduce((value, mask) => write.op('Mul', [value, mask]), dy)];
  }
  const mask = inside(write, context.input(0), asValue(write, low), asValue(write, high));
  return [write.op('Mul', [dy, mask])];
};

/** A bound: its number where that is known, else the value that holds it; undefined where there is none. */
function boundOf(context: GradientContext, index: number, attribute: string): number | Value | undefined {
  const value = context.node.inputs[index];
  const number = value ? context.numbers(index)?.[0] : context.node.float(attribute);
  if (number === undefined) return value;
  return Number.isFinite(number) ? number : undefined;
}

function asValue(write: GraphWriter, bound: number | Value | undefined): Value | undefined {
  return typeof bound === 'number' ? write.scalar(bound) : bound;
}

/** 1 where low < x < high, of bounds at least one of which is there. */
function inside(write: GraphWriter, x: Value, low: Value | undefined, high: Value | undefined): Value {
  const parts = [
    ...(low ? [write.op('Greater', [x, low])] : []),
    ...(high ? [write.op('Less', [x, high])] : []),
  ];
  return write.cast(parts.length === 1 ? parts[0] : write.op('And', parts), 'float');
}
