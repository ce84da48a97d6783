import type { Dimension } from '../onnx/ir/type.ts';
import { addConstantInput } from './add-constant-input.ts';
import { type AxisLink, type AxisMap, inputAxis, outputAxis } from './axis-map.ts';
import { floatTypeOf } from './float-type-of.ts';
import { normalizeAxis } from './normalize-axis.ts';
import type { AxesContext, InferenceContext, Op } from './op.ts';

interface Cut {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** What a Slice cuts; undefined where it is not known beforehand. */
function cutsOf({ node, integers }: AxesContext | InferenceContext, rank: number): Cut[] | undefined {
  const isOld = node.attributes.has('starts');
  const starts = isOld ? node.ints('starts') : integers(1);
  const ends = isOld ? node.ints('ends') : integers(2);
  const axes = isOld ? node.ints('axes') : node.inputs[3] ? integers(3) : starts?.map((_, i) => i);
  const steps = !isOld && node.inputs[4] ? integers(4) : starts?.map(() => 1);
  if (!starts || !ends || !steps || (!axes && node.inputs[3])) return undefined;
  return starts.map((start, i) => ({
    axis: normalizeAxis(axes?.[i] ?? i, rank),
    start,
    end: ends[i],
    step: steps[i],
  }));
}

function inferSlice(context: InferenceContext) {
  const data = context.type(0);
  if (!data?.shape) return [data];
  const cuts = cutsOf(context, data.shape.length);
  if (!cuts) return [{ ...data, shape: lengthsWhereUncut(context, data.shape) }];
  const shape = [...data.shape];
  for (const { axis, start, end, step } of cuts) shape[axis] = sliceLength(shape[axis], start, end, step);
  return [{ ...data, shape }];
}

/** Positions that are not known still leave the axes they do not name alone. */
function lengthsWhereUncut({ node, integers }: InferenceContext, shape: readonly Dimension[]): Dimension[] {
  const axes = (node.inputs[3] ? integers(3) : undefined)?.map((axis) => normalizeAxis(axis, shape.length));
  return shape.map((n, axis) => (axes && !axes.includes(axis) ? n : null));
}

const clamp = (i: number, low: number, high: number): number => Math.min(Math.max(i, low), high);

/** First index and end of n[start:end:step]; negative positions count from the end, those outside are clamped. */
function bounds(n: number, { start, end, step }: Omit<Cut, 'axis'>): [from: number, to: number] {
  const [last, before] = step > 0 ? [n, 0] : [n - 1, -1];
  return [clamp(start < 0 ? start + n : start, 0, last), clamp(end < 0 ? end + n : end, before, last)];
}

function sliceLength(n: Dimension, start: number, end: number, step: number): Dimension {
  if (typeof n !== 'number') return start === 0 && step === 1 && end === Number.MAX_SAFE_INTEGER ? n : null;
  const [from, to] = bounds(n, { start, end, step });
  return Math.max(0, Math.ceil((to - from) / step));
}

/** A slice of a shape. */
function sliceElements(context: InferenceContext) {
  const list = context.dims(0);
  const [cut, ...others] = cutsOf(context, 1) ?? [];
  if (!list || !cut || others.length > 0) return undefined;
  const [from] = bounds(list.length, cut);
  const length = sliceLength(list.length, cut.start, cut.end, cut.step);
  return Array.from({ length: Number(length) }, (_, i) => list[from + i * cut.step]);
}

function axesOfSlice(context: AxesContext): AxisMap | undefined {
  const shape = context.inputShape(0);
  const cuts = shape && cutsOf(context, shape.length);
  if (!cuts) return undefined;
  return shape.map((n, axis): AxisLink => {
    const [from, to] = [inputAxis(0, axis), outputAxis(0, axis)];
    const cut = cuts.find((c) => c.axis === axis);
    if (!cut) return { kind: 'same', places: [from, to] };
    if (typeof n !== 'number') {
      const isSimple = cut.start >= 0 && cut.step > 0;
      return isSimple
        ? { kind: 'picked', from, to, indices: { start: cut.start, step: cut.step } }
        : { kind: 'mixed', places: [from, to] };
    }
    return { kind: 'picked', from, to, indices: { start: bounds(n, cut)[0], step: cut.step } };
  });
}

/** All begins, then all ends, of every axis; undefined where they are not known. */
function padsOf({ node, integers }: AxesContext | InferenceContext, rank: number): number[] | undefined {
  const given = node.ints('pads') ?? integers(1);
  const axes = node.inputs[3] ? integers(3) : Array.from({ length: rank }, (_, i) => i);
  if (!given || !axes || given.length !== 2 * axes.length) return undefined;
  const pads = new Array<number>(2 * rank).fill(0);
  for (const [i, axis] of axes.entries()) {
    pads[normalizeAxis(axis, rank)] = given[i];
    pads[rank + normalizeAxis(axis, rank)] = given[axes.length + i];
  }
  return pads;
}

function inferPad(context: InferenceContext) {
  const data = context.type(0);
  if (!data?.shape) return [data];
  const rank = data.shape.length;
  const pads = padsOf(context, rank);
  const shape = data.shape.map((n, i) => {
    const added = pads ? pads[i] + pads[rank + i] : undefined;
    return added === 0 ? n : typeof n === 'number' && added !== undefined ? n + added : null;
  });
  return [{ ...data, shape }];
}

function axesOfPad(context: AxesContext): AxisMap | undefined {
  const shape = context.inputShape(0);
  const pads = shape && padsOf(context, shape.length);
  const isConstant = (context.node.string('mode') ?? 'constant') === 'constant';
  return shape?.map((_, axis): AxisLink => {
    const [from, to] = [inputAxis(0, axis), outputAxis(0, axis)];
    if (pads?.[axis] === 0 && pads[shape.length + axis] === 0) return { kind: 'same', places: [from, to] };
    return pads && isConstant
      ? { kind: 'picked', from, to, indices: { start: -pads[axis], step: 1 } }
      : { kind: 'mixed', places: [from, to] };
  });
}

function inferCenterCropPad({ node, type, integers }: InferenceContext) {
  const data = type(0);
  if (!data?.shape) return [data];
  const { shape } = data;
  const wanted = integers(1);
  const axes = node.ints('axes')?.map((axis) => normalizeAxis(axis, shape.length)) ?? shape.map((_, i) => i);
  const lengths = shape.map((n, i) => (axes.includes(i) ? (wanted?.[axes.indexOf(i)] ?? null) : n));
  return [{ ...data, shape: lengths }];
}

export const slicingOps: readonly Op[] = [
  {
    type: 'Slice',
    domain: '',
    infer: inferSlice,
    elements: sliceElements,
    axes: axesOfSlice,
    role: { kind: 'pass' },
    upgrades: {
      // starts, ends and axes became inputs.
      10: (context) => {
        for (const [i, name] of ['starts', 'ends', 'axes'].entries()) {
          addConstantInput(context, i + 1, name, 'int64', context.node.ints(name));
          context.node.attributes.delete(name);
        }
      },
    },
  },
  {
    type: 'Pad',
    domain: '',
    infer: inferPad,
    axes: axesOfPad,
    role: { kind: 'pass', fill: 2 },
    upgrades: {
      // pads and value became inputs.
      11: (context) => {
        const { node } = context;
        addConstantInput(context, 1, 'pads', 'int64', node.ints('pads'));
        addConstantInput(context, 2, 'value', floatTypeOf(context), node.float('value'));
        node.attributes.delete('pads');
        node.attributes.delete('value');
      },
    },
  },
  { type: 'CenterCropPad', domain: '', infer: inferCenterCropPad },
];
