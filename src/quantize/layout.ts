import type { Model } from '../onnx/ir/model.ts';
import type { Format } from './format.ts';
import type { Plan } from './plan.ts';

/** A way to write integer layers as nodes. */
export interface Layout {
  readonly name: string;
  /** One line for help texts. */
  readonly summary: string;
  /** Why it cannot hold activations or weights of a format; undefined where it can. */
  refuses(format: Format): string | undefined;
  /** Rewrites a model in the QDQ layout, in which quantization emits it. */
  rewrite(model: Model, plan: Plan): void;
}
