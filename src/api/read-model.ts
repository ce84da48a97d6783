import type { Model } from '../onnx/ir/model.ts';
import { readModel as readModelBytes } from '../onnx/read/read-model.ts';
import { readModelFile } from '../onnx/read/read-model-file.ts';

/**
 * Reads an ONNX model from a path or from bytes. Large weights stay where they are until needed: `close()` the model when
 * done. Throws PareErrors `file-not-found`, `not-an-onnx-model`, `broken-model`, `bad-tensor`.
 */
export function readModel(from: string | Uint8Array): Promise<Model> {
  return typeof from === 'string' ? readModelFile(from) : readModelBytes(from);
}
