import type { Runner } from '../base/runner.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { TypeMap } from '../ops/infer-types.ts';
import { absorbedNames } from '../passes/absorb.ts';
import { nodeName } from '../passes/node-name.ts';
import { planOf } from '../quantize/plan-of.ts';
import type { Target } from '../targets/target.ts';

/** Larger models are planned as they are: cleaning them takes longer than looking at them should. */
export const MAX_CLEANED_NODES = 2_000;

/** What static quantization would make of a node of the file. */
export interface Prospect {
  readonly state: 'quantized' | 'pass' | 'float';
  /** Why it stays in float; else empty. */
  readonly reason: string;
  /** The node that does its work once the model is clean. */
  readonly into?: string;
}

export interface Prospects {
  readonly byName: ReadonlyMap<string, Prospect>;
  /** Nodes there are once the model is clean. */
  readonly names: ReadonlySet<string>;
  readonly isCleaned: boolean;
}

/**
 * Plans static quantization for a target, on a cleaned copy where the model is not too large for that.
 * @param types those of the model as it is
 */
export async function prospectsOf(
  model: Model,
  types: TypeMap,
  { target, runner }: { target: Target; runner: Runner },
): Promise<Prospects> {
  const isCleaned = model.graph.nodes.size <= MAX_CLEANED_NODES;
  const planned = isCleaned ? await cleanCopy(model, target, runner) : model;
  const plan = await planOf(planned, target, { types: isCleaned ? undefined : types });
  const byName = new Map<string, Prospect>();
  const names = new Set<string>();
  for (const node of planned.graph.nodes) {
    const absorbed = absorbedNames(node);
    // A layer without a name goes by its output's, which changes when it absorbs another; its own comes first.
    const name = node.name === '' ? (absorbed[0] ?? nodeName(node)) : node.name;
    names.add(name);
    const state = plan.nodes.get(node);
    const prospect = state && {
      state: state.state,
      reason: state.state === 'float' ? state.reason : '',
    };
    if (prospect) byName.set(name, prospect);
    for (const other of absorbed)
      if (other !== name && prospect) byName.set(other, { ...prospect, into: name });
  }
  return { byName, names, isCleaned };
}

/** As `pare quantize` sees the model. Large models, which are not cleaned, do not wait for the passes to load. */
async function cleanCopy(model: Model, target: Target, runner: Runner): Promise<Model> {
  const [{ cloneModel }, { upgradeOpset }, { clean }] = await Promise.all([
    import('../onnx/clone-model.ts'),
    import('../passes/upgrade-opset.ts'),
    import('../passes/clean.ts'),
  ]);
  const copy = cloneModel(model);
  await upgradeOpset(copy, target.opset);
  await clean(copy, { runner });
  return copy;
}
