import type { Model } from '../onnx/ir/model.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { Target } from '../targets/target.ts';
import { type Plan, planQuantization } from './plan.ts';
import { zeroFills } from './zero-fills.ts';

export interface Choices {
  readonly include?: ReadonlySet<Node> | undefined;
  /** Nodes to be left in float, with the reason. */
  readonly exclude?: ReadonlyMap<Node, string>;
  readonly symmetricActivations?: boolean;
}

/** The plan of quantizing a clean model for a target. */
export async function planOf(model: Model, target: Target, choices: Choices = {}): Promise<Plan> {
  return planQuantization(model.graph, {
    target,
    zeroFills: await zeroFills(model.graph),
    include: choices.include,
    exclude: choices.exclude ?? new Map(),
    symmetricActivations: choices.symmetricActivations ?? false,
  });
}
