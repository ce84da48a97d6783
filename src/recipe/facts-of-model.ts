import { type FileFacts, fileFacts } from '../evaluate/file-facts.ts';
import type { Model } from '../onnx/ir/model.ts';
import { filesOfModel } from './files-of-model.ts';

/** Size and SHA-256 of a model that was read from `path`, with the files that hold its weights. */
export async function factsOfModel(path: string, model: Model): Promise<FileFacts> {
  return fileFacts(...(await filesOfModel(path, model)));
}
