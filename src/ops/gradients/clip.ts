import { check } from '../../base/check.ts';
import type { Attribute } from '../../onnx/ir/attribute.ts';
import type { Node } from '../../onnx/ir/node.ts';
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
    if (low !== undefined && high !== undefined)
      return write.composite('ClipGradient', [dy, y], [context.inputShape(0)], { bounds: floats(low, high) });
    if (low === undefined && high === undefined) return [dy];
    const mask = low === undefined ? step(write, y, high!, -1) : step(write, y, low, 1);
    return [write.op('Mul', [dy, mask])];
  }
  const mask = inside(write, context.input(0), asValue(write, low), asValue(write, high));
  return [write.op('Mul', [dy, mask])];
};

function floats(...value: readonly number[]): Attribute {
  return { type: 'FLOATS', value: [...value] };
}

/** Of a cut between two numbers. */
export function expandClipGradient(node: Node, write: GraphWriter): (() => Value)[] {
  const [dy, y] = node.inputs.map((value) => value!);
  const [low, high] = clipBounds(node);
  const below = () => write.op('Mul', [dy, step(write, y, low, 1)]);
  return [() => write.op('Mul', [below(), step(write, y, high, -1)])];
}

/** Lower and upper bound of a `ClipGradient`. */
export function clipBounds(node: Node): readonly [number, number] {
  const bounds = node.attributes.get('bounds');
  check(bounds?.type === 'FLOATS', () => 'a ClipGradient without bounds');
  const [low, high] = bounds.value;
  return [low, high];
}

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
