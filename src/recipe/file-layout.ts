import type { Variant } from './step.ts';

/** Where a program that loads models expects their files. */
export interface FileLayout {
  readonly name: string;
  readonly summary: string;
  /**
   * Path of the model inside the folder, with `/`. Throws a PareError where the layout has no name for such a variant.
   * @param input path of the input model
   */
  modelPath(input: string, variant: Variant): string;
  /** The folder of the input's own layout, with `/` at its end; '' is the current folder. */
  rootOf(input: string): string;
  /** Files in that folder that belong to every variant of a model. */
  readonly companions: readonly string[];
  /** What the loader must be told where the weights lie in a file of their own, beside the model. */
  readonly externalDataHint: string;
}
