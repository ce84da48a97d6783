import { addConstantInput } from './add-constant-input.ts';
import type { InferenceContext, UpgradeContext } from './op.ts';

/** `axes` as attribute or as input 1, as far as it is known; undefined also where it is absent. */
export function axesOf({ node, integers }: InferenceContext): readonly number[] | undefined {
  return node.ints('axes') ?? (node.inputs[1] ? integers(1) : undefined);
}

/** Upgrade for the version in which `axes` became an input. */
export function axesToInput(context: UpgradeContext): void {
  addConstantInput(context, 1, 'axes', 'int64', context.node.ints('axes'));
  context.node.attributes.delete('axes');
}
