import type { Model } from '../onnx/ir/model.ts';
import { inferFacts, type ValueFacts } from '../ops/infer-types.ts';
import type { PassContext } from './pass.ts';

/** What is known of the model's values. What the file states of inner ones is not believed: it may be stale. */
export async function factsOf(model: Model, context: PassContext): Promise<ValueFacts> {
  return context.facts ?? inferFacts(model, { ignoreStated: true });
}
