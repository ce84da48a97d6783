import type { Model } from '../onnx/ir/model.ts';
import { formatNotOfMode, optionNotOfMode } from './errors.ts';
import type { Mode, ModeOptions, QuantizeContext, QuantizeResult } from './mode.ts';
import { modes } from './modes/index.generated.ts';
import type { QuantizeOptions } from './options.ts';

/**
 * Quantizes a model after training, in the mode the options name or imply. Changes the given model.
 * Throws PareErrors where mode and formats do not go together, and what the mode throws.
 */
export async function quantize(
  model: Model,
  options: QuantizeOptions,
  context: QuantizeContext,
): Promise<QuantizeResult> {
  const mode = modeOf(options);
  const weights = options.weights ?? mode.weights[0];
  if (!mode.weights.includes(weights)) throw formatNotOfMode(mode.name, 'weights', weights, mode.weights);
  const { activations } = options;
  if (activations !== undefined && !mode.activations.includes(activations))
    throw formatNotOfMode(mode.name, 'activations', activations, mode.activations);
  if (!mode.writesLayers && options.layout !== 'qdq')
    throw optionNotOfMode(mode.name, '--layout', 'it does not write Q/DQ layers');
  if (!mode.writesLayers && options.overrides.length > 0)
    throw optionNotOfMode(mode.name, '--overrides', 'it does not choose by layer');
  // Names of formats a mode lists are names of the registry, by the modes' conformance test.
  const named = { ...options, mode: mode.name, weights } as ModeOptions;
  return mode.run(model, named, context);
}

/** Unnamed, static or else the first mode that gives weights the wanted format; static where none is wanted. */
function modeOf({ mode, weights }: QuantizeOptions): Mode {
  if (mode !== undefined) return modes[mode];
  if (weights === undefined) return modes.static;
  const all: readonly Mode[] = [modes.static, ...Object.values(modes)];
  return all.find((candidate) => candidate.weights.includes(weights)) ?? modes.static;
}
