import { lookup } from '../base/lookup.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { Node } from '../onnx/ir/node.ts';
import { inferTypes, type TypeMap } from '../ops/infer-types.ts';
import type { Target } from '../targets/target.ts';
import type { Format } from './format.ts';
import { formats } from './formats/index.generated.ts';
import { type Plan, planQuantization } from './plan.ts';
import { zeroFills } from './zero-fills.ts';

export interface Choices {
  readonly include?: ReadonlySet<Node> | undefined;
  /** Nodes to be left in float, with the reason. */
  readonly exclude?: ReadonlyMap<Node, string>;
  readonly symmetricActivations?: boolean;
  /** The model's types, where they are inferred already. */
  readonly types?: TypeMap | undefined;
  /** The format each node is to compute in; by default the target's. */
  formatOf?(node: Node): Format;
}

/** The plan of quantizing a clean model for a target. */
export async function planOf(model: Model, target: Target, choices: Choices = {}): Promise<Plan> {
  const usual = lookup<Format>(formats, target.activations, 'format');
  return planQuantization(model.graph, {
    target,
    types: choices.types ?? (await inferTypes(model)),
    zeroFills: await zeroFills(model.graph),
    formatOf: choices.formatOf ?? (() => usual),
    rightFormat: (node, left) => rightFormat(target, node, left),
    include: choices.include,
    exclude: choices.exclude ?? new Map(),
    symmetricActivations: choices.symmetricActivations ?? false,
  });
}

function rightFormat({ kernels, integerFormats }: Target, node: Node, left: Format): Format {
  const { dataProducts } = kernels[node.opType] ?? {};
  const isFaster = dataProducts && integerFormats.includes(left.name);
  return isFaster ? lookup<Format>(formats, dataProducts.rightFormat, 'format') : left;
}
