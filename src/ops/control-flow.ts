import type { Dimension, TensorType } from '../onnx/ir/type.ts';
import { mergeTypes } from './merge-types.ts';
import { normalizeAxis } from './normalize-axis.ts';
import type { InferenceContext, Op } from './op.ts';
import { tensorType } from './tensor-type.ts';

function inferIf({ node, bodyOutput }: InferenceContext): (TensorType | undefined)[] {
  return node.outputs.map((_, i) => mergeTypes(bodyOutput('then_branch', i), bodyOutput('else_branch', i)));
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

interface ScanFacts {
  readonly states: number;
  readonly scanned: number;
  readonly directions: readonly number[];
}

/** Since 9; version 8 had a batch axis. */
function scanFacts({ node, opset }: InferenceContext): ScanFacts | undefined {
  const scanned = node.int('num_scan_inputs') ?? 0;
  if (opset < 9) return undefined;
  return { states: node.inputs.length - scanned, scanned, directions: node.ints('scan_input_axes') ?? [] };
}

function inputsOfScan(context: InferenceContext): (TensorType | undefined)[] {
  const facts = scanFacts(context);
  if (!facts) return [];
  return context.node.inputs.map((_, i) => {
    const given = context.type(i);
    if (i < facts.states || !given?.shape) return given;
    const axis = normalizeAxis(facts.directions[i - facts.states] ?? 0, given.shape.length);
    return { ...given, shape: given.shape.filter((_, own) => own !== axis) };
  });
}

function inferScan(context: InferenceContext): (TensorType | undefined)[] {
  const facts = scanFacts(context);
  if (!facts) return [];
  const first = context.type(facts.states)?.shape;
  const axis = normalizeAxis(facts.directions[0] ?? 0, first?.length ?? 0);
  const turns: Dimension = first?.[axis] ?? null;
  const axes = context.node.ints('scan_output_axes') ?? [];
  return context.node.outputs.map((_, i) => {
    if (i < facts.states) return context.type(i);
    const made = context.bodyOutput('body', i);
    if (!made?.shape) return made && { ...made, shape: undefined };
    const shape = [...made.shape];
    shape.splice(normalizeAxis(axes[i - facts.states] ?? 0, shape.length + 1), 0, turns);
    return { ...made, shape };
  });
}

export const controlFlowOps: readonly Op[] = [
  { type: 'If', domain: '', infer: inferIf },
  { type: 'Loop', domain: '', infer: inferLoop, bodyInputs: inputsOfLoop },
  { type: 'Scan', domain: '', infer: inferScan, bodyInputs: inputsOfScan },
];
