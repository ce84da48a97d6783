import type { PareErrorDetails } from '../../base/pare-error.ts';
import type { LoadOptions, OptimizationLevel } from '../../base/runner.ts';
import type { Tensor } from '../../base/tensor.ts';

/** What an engine in a process of its own is asked for. Sessions have numbers. */
export type Request =
  | { readonly kind: 'engine' }
  | { readonly kind: 'load'; readonly model: Uint8Array; readonly options: LoadOptions | undefined }
  | { readonly kind: 'optimize'; readonly model: Uint8Array; readonly level: OptimizationLevel }
  | {
      readonly kind: 'run';
      readonly session: number;
      readonly feeds: Readonly<Record<string, Tensor>>;
      readonly fetches: readonly string[] | undefined;
    }
  | { readonly kind: 'profile'; readonly session: number }
  | { readonly kind: 'close'; readonly session: number };

export type Reply = { readonly value: unknown } | { readonly error: PareErrorDetails };
