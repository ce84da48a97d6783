import type { Model } from '../../onnx/ir/model.ts';
import { clean } from '../clean.ts';
import type { PassContext } from '../pass.ts';
import { pinnedValues } from '../pinned-values.ts';
import { upgradeOpset } from '../upgrade-opset.ts';
import { bindShapes, type ShapeChoices } from './bind-shapes.ts';
import { chooseOutputs } from './choose-outputs.ts';
import { fixInputs } from './fix-inputs.ts';
import { restateTypes } from './restate-types.ts';
import type { FixedValue } from './tensor-of-fixed-value.ts';

/** What a model shall be cleaned for; what is not told stays open. */
export interface Use {
  /** Lengths by input, or one length by symbol: `{ x: [1, 3, 224, 224] }`, `{ batch: 1 }`. */
  readonly shapes?: ShapeChoices;
  /** Inputs that always are the same: they become constants. */
  readonly fix?: Readonly<Record<string, FixedValue>>;
  /** The only outputs wanted, or inner values that become outputs; inputs that only others needed go. */
  readonly outputs?: readonly string[];
  /** Raise the model to at least this operator set. */
  readonly opset?: number | undefined;
}

/**
 * Cleans a model for one use. Returns the number of changes by pass.
 * Throws, before anything is cleaned, where an input, a length or an output is not there or a value does not fit.
 */
export async function cleanFor(
  model: Model,
  { shapes = {}, fix = {}, outputs = [], opset }: Use,
  context: PassContext,
): Promise<Record<string, number>> {
  const { graph } = model;
  const isSpecial = [shapes, fix, outputs].some((choices) => Object.keys(choices).length > 0);
  const readBefore = graph.inputs.filter((value) => value.isUsed);
  bindShapes(model, shapes);
  fixInputs(model, fix);
  if (outputs.length > 0) chooseOutputs(model, outputs);
  if (opset !== undefined) await upgradeOpset(model, opset);
  const changes = await clean(model, context);
  if (outputs.length > 0) {
    const pinned = pinnedValues(graph);
    graph.inputs = graph.inputs.filter((v) => v.isUsed || pinned.has(v) || !readBefore.includes(v));
  }
  if (isSpecial) await restateTypes(model);
  return changes;
}
