import { outputIsWeights } from './errors.ts';
import { isSameFile } from './is-same-file.ts';

/** Refuses an output that would replace a file the input keeps its weights in. @param files of the input model */
export async function keepInputs(files: readonly string[], output: string): Promise<void> {
  for (const file of files)
    for (const written of [output, `${output}_data`])
      if (await isSameFile(file, written)) throw outputIsWeights(written);
}
