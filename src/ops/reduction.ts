import { addConstantInput } from './add-constant-input.ts';
import { normalizeAxis } from './normalize-axis.ts';
import type { InferenceContext, Op } from './op.ts';

function inferReduction({ node, type, integers }: InferenceContext) {
  const data = type(0);
  if (!data?.shape) return [];
  const rank = data.shape.length;
  const given = node.ints('axes') ?? (node.inputs[1] ? integers(1) : []);
  if (!given) return [];
  if (given.length === 0 && node.int('noop_with_empty_axes') === 1) return [data];
  const axes = new Set(
    given.length === 0 ? data.shape.keys() : given.map((axis) => normalizeAxis(axis, rank)),
  );
  const keep = node.int('keepdims') !== 0;
  const shape = keep
    ? data.shape.map((n, i) => (axes.has(i) ? 1 : n))
    : data.shape.filter((_, i) => !axes.has(i));
  return [{ ...data, shape }];
}

/** @param axesInputSince operator set in which `axes` became an input */
function reduction(type: string, axesInputSince: number): Op {
  return {
    type,
    domain: '',
    infer: inferReduction,
    upgrades: {
      [axesInputSince]: (context) => {
        addConstantInput(context, 1, 'axes', 'int64', context.node.ints('axes'));
        context.node.attributes.delete('axes');
      },
    },
  };
}

export const reductionOps: readonly Op[] = [
  reduction('ReduceSum', 13),
  reduction('ReduceMean', 18),
  reduction('ReduceMax', 18),
  reduction('ReduceMin', 18),
  reduction('ReduceProd', 18),
  reduction('ReduceL1', 18),
  reduction('ReduceL2', 18),
  reduction('ReduceLogSum', 18),
  reduction('ReduceLogSumExp', 18),
  reduction('ReduceSumSquare', 18),
];
