import type { Model } from '../onnx/ir/model.ts';
import { formatNotOfMode, optionNotOfMode } from './errors.ts';
import type { Mode, ModeOptions, QuantizeContext, QuantizeResult } from './mode.ts';
import { modes } from './modes/index.generated.ts';
import { type QuantizeOptions, quantizeOptions } from './options.ts';
import { formatName } from './weight-format.ts';

const defaults = quantizeOptions.parse({});

/**
 * Quantizes a model after training, in the mode the options name or imply. Changes the given model.
 * Throws PareErrors where mode and formats do not go together, and what the mode throws.
 */
export async function quantize(
  model: Model,
  options: QuantizeOptions,
  context: QuantizeContext,
): Promise<QuantizeResult> {
  const { mode, settled } = settle(options);
  return mode.run(model, settled, context);
}

/**
 * The mode that options name or imply, and the options with mode and format of weights filled in.
 * Throws PareErrors where they do not go together.
 */
export function settle(options: QuantizeOptions): { mode: Mode; settled: ModeOptions } {
  const mode = modeOf(options);
  const weights = options.weights ?? mode.weights[0];
  if (!mode.weights.includes(formatName(weights)))
    throw formatNotOfMode(mode.name, 'weights', weights, mode.weights);
  const { activations } = options;
  if (activations !== undefined && !mode.activations.includes(activations))
    throw formatNotOfMode(mode.name, 'activations', activations, mode.activations);
  for (const key of mode.refuses ?? [])
    if (isGiven(options, key)) throw optionNotOfMode(mode.name, flagOf(key));
  // Names of formats a mode lists are names of the registry, by the modes' conformance test.
  return { mode, settled: { ...options, mode: mode.name, weights } as ModeOptions };
}

function isGiven(options: QuantizeOptions, key: keyof QuantizeOptions): boolean {
  return JSON.stringify(options[key]) !== JSON.stringify(defaults[key]);
}

function flagOf(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Unnamed, static or else the first mode that gives weights the wanted format; static where none is wanted. */
function modeOf({ mode, weights }: QuantizeOptions): Mode {
  if (mode !== undefined) return modes[mode];
  if (weights === undefined) return modes.static;
  const all: readonly Mode[] = [modes.static, ...Object.values(modes)];
  return all.find((candidate) => candidate.weights.includes(formatName(weights))) ?? modes.static;
}
