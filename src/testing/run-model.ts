import type { Runner } from '../base/runner.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Model } from '../onnx/ir/model.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';

/** Outputs of a model, computed without the engine's own rewriting. */
export async function runModel(
  runner: Runner,
  model: Model,
  feeds: Readonly<Record<string, Tensor>> = {},
): Promise<Record<string, Tensor>> {
  const session = await runner.load(await modelToBytes(model), { level: 'disabled' });
  try {
    return await session.run(feeds);
  } finally {
    await session.close();
  }
}
