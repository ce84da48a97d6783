import type { Dimension, TensorType } from '../onnx/ir/type.ts';
import { mergeTypes } from './merge-types.ts';
import { normalizeAxis } from './normalize-axis.ts';
import type { InferenceContext, Op } from './op.ts';
import { tensorType } from './tensor-type.ts';

/** A condition that shape arithmetic knows chooses the branch. */
function inferIf({ node, bodyOutput, integers }: InferenceContext): (TensorType | undefined)[] {
  const condition = integers(0)?.[0];
  return node.outputs.map((_, i) => {
    const [made, other] = [bodyOutput('then_branch', i), bodyOutput('else_branch', i)];
    if (condition !== undefined) return condition === 0 ? other : made;
    return mergeTypes(made, other);
  });
}

/** Loop(trip count, condition, carried…): carried values may change their shape from turn to turn. */
function inputsOfLoop({ node, type }: InferenceContext): (TensorType | undefined)[] {
  const carried = node.inputs.slice(2).map((_, i) => {
    const initial = type(2 + i);
    return initial && { ...initial, shape: undefined };
  });
  return [tensorType('int64', []), tensorType('bool', []), ...carried];
}

/** After no turn at all the carried values are the initial ones; what is collected gets an axis of turns in front. */
function inferLoop({ node, type, bodyOutput }: InferenceContext): (TensorType | undefined)[] {
  const carried = Math.max(0, node.inputs.length - 2);
  return node.outputs.map((_, i) => {
    const made = bodyOutput('body', 1 + i);
    if (i < carried) return mergeTypes(type(2 + i), made);
    return made && { ...made, shape: made.shape && [null, ...made.shape] };
  });
}

/** What a Scan loops over. */
interface ScanFacts {
  /** Inputs in front of the states (in version 8: lengths of the sequences). */
  readonly first: number;
  readonly states: number;
  /** Axes that the body does not see: version 8 had a batch axis in front of everything. */
  readonly batchAxes: number;
  /** By scanned input, of the shape behind the batch axis. */
  readonly axes: readonly number[];
}

function scanFacts({ node, opset }: InferenceContext): ScanFacts {
  const scanned = node.int('num_scan_inputs') ?? 0;
  const isOld = opset < 9;
  const first = isOld ? 1 : 0;
  const states = node.inputs.length - first - scanned;
  return { first, states, batchAxes: first, axes: isOld ? [] : (node.ints('scan_input_axes') ?? []) };
}

function inputsOfScan(context: InferenceContext): (TensorType | undefined)[] {
  const { first, states, batchAxes, axes } = scanFacts(context);
  return context.node.inputs.slice(first).map((_, i) => {
    const given = context.type(first + i);
    const seen = given?.shape?.slice(batchAxes);
    if (!given || !seen || i < states) return given && { ...given, shape: seen };
    const axis = normalizeAxis(axes[i - states] ?? 0, seen.length);
    return { ...given, shape: seen.filter((_, own) => own !== axis) };
  });
}

function inferScan(context: InferenceContext): (TensorType | undefined)[] {
  const { first, states, batchAxes, axes } = scanFacts(context);
  const scanned = context.type(first + states)?.shape;
  const seen = scanned?.slice(batchAxes) ?? [];
  const turns: Dimension = seen[normalizeAxis(axes[0] ?? 0, seen.length)] ?? null;
  const batch = scanned?.slice(0, batchAxes) ?? new Array<Dimension>(batchAxes).fill(null);
  const outputAxes = context.node.ints('scan_output_axes') ?? [];
  return context.node.outputs.map((_, i) => {
    if (i < states) return context.type(first + i);
    const made = context.bodyOutput('body', i);
    if (!made?.shape) return made && { ...made, shape: undefined };
    const shape = [...made.shape];
    const place = batchAxes > 0 ? 0 : (outputAxes[i - states] ?? 0);
    shape.splice(normalizeAxis(place, shape.length + 1), 0, turns);
    return { ...made, shape: [...batch, ...shape] };
  });
}

export const controlFlowOps: readonly Op[] = [
  { type: 'If', domain: '', infer: inferIf },
  { type: 'Loop', domain: '', infer: inferLoop, bodyInputs: inputsOfLoop },
  { type: 'Scan', domain: '', infer: inferScan, bodyInputs: inputsOfScan },
];
