import { addConstantInput } from './add-constant-input.ts';
import { axesToInput } from './axes-input.ts';
import { axesKept } from './axes-kept.ts';
import { type AxisLink, type AxisMap, inputAxis, outputAxis } from './axis-map.ts';
import { normalizeAxis } from './normalize-axis.ts';
import type { AxesContext, InferenceContext, Op } from './op.ts';
import { sameAsInput } from './same-as-input.ts';

/** Axes a reduction takes away; undefined where they are not known beforehand. */
function reducedAxes(context: InferenceContext | AxesContext, rank: number): Set<number> | undefined {
  const { node, integers } = context;
  const given = node.ints('axes') ?? (node.inputs[1] ? integers(1) : []);
  if (!given) return undefined;
  if (given.length > 0) return new Set(given.map((axis) => normalizeAxis(axis, rank)));
  return new Set(node.int('noop_with_empty_axes') === 1 ? [] : Array.from({ length: rank }, (_, i) => i));
}

function inferReduction(context: InferenceContext) {
  const data = context.type(0);
  if (!data?.shape) return [data];
  const axes = reducedAxes(context, data.shape.length);
  const keep = context.node.int('keepdims') !== 0;
  if (!axes) return [{ ...data, shape: keep ? data.shape.map(() => null) : undefined }];
  const shape = keep
    ? data.shape.map((n, i) => (axes.has(i) ? 1 : n))
    : data.shape.filter((_, i) => !axes.has(i));
  return [{ ...data, shape }];
}

function axesOfReduction(context: AxesContext, isSum: boolean): AxisMap | undefined {
  const rank = context.inputShape(0)?.length;
  const axes = rank === undefined ? undefined : reducedAxes(context, rank);
  return axes && linksOfReduction(context.node, rank ?? 0, axes, isSum);
}

function linksOfReduction(
  node: AxesContext['node'],
  rank: number,
  axes: ReadonlySet<number>,
  isSum: boolean,
): AxisMap {
  const keep = node.int('keepdims') !== 0;
  const kept = Array.from({ length: rank }, (_, i) => i).filter((axis) => keep || !axes.has(axis));
  return Array.from({ length: rank }, (_, axis): AxisLink => {
    if (axes.has(axis)) return { kind: 'reduced', places: [inputAxis(0, axis)], isSum };
    return { kind: 'same', places: [inputAxis(0, axis), outputAxis(0, kept.indexOf(axis))] };
  });
}

/** @param axesInputSince operator set in which `axes` became an input */
function reduction(type: string, axesInputSince: number, isSum = false): Op {
  return {
    type,
    domain: '',
    infer: inferReduction,
    axes: (context) => axesOfReduction(context, isSum),
    upgrades: { [axesInputSince]: axesToInput },
  };
}

function argAxis(node: InferenceContext['node'], rank: number): number {
  return normalizeAxis(node.int('axis') ?? 0, rank);
}

/** ArgMax, ArgMin: the place of the largest along one axis. */
function arg(type: string): Op {
  return {
    type,
    domain: '',
    infer: ({ node, type: typeOf }) => {
      const shape = typeOf(0)?.shape;
      const axis = argAxis(node, shape?.length ?? 0);
      const left =
        node.int('keepdims') === 0
          ? shape?.filter((_, i) => i !== axis)
          : shape?.map((n, i) => (i === axis ? 1 : n));
      return [{ kind: 'tensor', dtype: 'int64', shape: left }];
    },
    axes: ({ node, inputShape }) => {
      const rank = inputShape(0)?.length;
      if (rank === undefined) return undefined;
      const axis = argAxis(node, rank);
      // A removed index would shift the places behind it, so the axis itself stays without a link.
      return linksOfReduction(node, rank, new Set([axis]), false).filter(({ kind }) => kind === 'same');
    },
  };
}

function inferTopK({ node, type, integers }: InferenceContext) {
  const data = type(0);
  const [k] = integers(1) ?? [node.int('k')];
  const axis = normalizeAxis(node.int('axis') ?? -1, data?.shape?.length ?? 0);
  const shape = data?.shape?.map((n, i) => (i === axis ? (k ?? null) : n));
  return data
    ? [
        { ...data, shape },
        { ...data, dtype: 'int64' as const, shape },
      ]
    : [];
}

/** CumSum, CumProd: `axis` is input 1. */
function cumulative(type: string): Op {
  return {
    type,
    domain: '',
    infer: sameAsInput,
    axes: (context) => {
      const [axis] = context.integers(1) ?? [];
      return axis === undefined
        ? undefined
        : axesKept(context, (own, rank) => own === normalizeAxis(axis, rank));
    },
  };
}

export const reductionOps: readonly Op[] = [
  reduction('ReduceSum', 13, true),
  reduction('ReduceMean', 18),
  // The largest and the smallest are elements themselves.
  { ...reduction('ReduceMax', 18), role: { kind: 'pass' } },
  { ...reduction('ReduceMin', 18), role: { kind: 'pass' } },
  reduction('ReduceProd', 18),
  reduction('ReduceL1', 18, true),
  reduction('ReduceL2', 18, true),
  reduction('ReduceLogSum', 18, true),
  reduction('ReduceLogSumExp', 18),
  reduction('ReduceSumSquare', 18, true),
  arg('ArgMax'),
  arg('ArgMin'),
  cumulative('CumSum'),
  cumulative('CumProd'),
  {
    type: 'TopK',
    domain: '',
    infer: inferTopK,
    axes: (context) => {
      const axis = context.node.int('axis') ?? -1;
      return axesKept(context, (own, rank) => own === normalizeAxis(axis, rank));
    },
    upgrades: {
      // k became an input.
      10: (context) => {
        const k = context.node.int('k');
        addConstantInput(context, 1, 'k', 'int64', k === undefined ? undefined : [k]);
        context.node.attributes.delete('k');
      },
    },
  },
];
