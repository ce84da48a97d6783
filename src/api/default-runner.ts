import type { Runner } from '../base/runner.ts';
import { ortNode } from '../runtime/ort-node.ts';

/** The runner given, or ONNX Runtime's native one. */
export async function defaultRunner(runner: Runner | undefined): Promise<Runner> {
  return runner ?? ortNode();
}
