import { lookup } from '../../base/lookup.ts';
import { sampleIndices } from '../../data/sample-indices.ts';
import type { Limit, Warning } from '../../evaluate/report.ts';
import type { Model } from '../../onnx/ir/model.ts';
import type { Node } from '../../onnx/ir/node.ts';
import { clean } from '../../passes/clean.ts';
import { matchNodes } from '../../passes/match-nodes.ts';
import { upgradeOpset } from '../../passes/upgrade-opset.ts';
import type { Target } from '../../targets/target.ts';
import { type DynamicallyQuantized, DynamicQuantizer } from '../dynamic/dynamic-quantizer.ts';
import { dynamicReports } from '../dynamic/dynamic-reports.ts';
import { forms } from '../dynamic/forms.ts';
import { settleWeights } from '../dynamic/settle-weights.ts';
import { unfusedLayers } from '../dynamic/unfused-layers.ts';
import { noCalibrationSamples, nothingToQuantize, optionNeedsData } from '../errors.ts';
import { formats } from '../formats/index.generated.ts';
import { keepFastest } from '../keep-fastest.ts';
import { limitDrop } from '../limit-drop.ts';
import type { Mode, ModeOptions, QuantizeContext, QuantizeResult } from '../mode.ts';
import type { QuantizeOptions } from '../options.ts';
import type { CalibrationRun } from '../quantizer.ts';
import { refuseQuantized } from '../refuse-quantized.ts';
import { targetOf } from '../target-of.ts';
import { withoutBlocks } from '../without-blocks.ts';

/**
 * Layers of constant weights compute in integers on activations that are quantized when the model runs, so no data are
 * needed; where that would be slower they compute in float, from weights kept in 8 bits. Changes the given model.
 * Throws PareErrors where there is nothing to quantize, an option needs data, or a pattern matches nothing.
 */
export const dynamicMode: Mode = {
  name: 'dynamic',
  summary: 'weights beforehand, activations when the model runs; needs no samples',
  weights: ['int8'],
  activations: ['uint8'],
  // Ranges are the engine's, found anew in every run.
  refuses: [
    'method',
    'symmetric',
    'observer',
    'layout',
    'overrides',
    'blockKernels',
    'accuracyLevel',
    'floatWeights',
  ],
  run,
};

/** Lowest operator set that has all the forms are written with. */
const OPSET = Math.max(...Object.values(forms).map(({ opset }) => opset));

async function run(model: Model, options: ModeOptions, context: QuantizeContext): Promise<QuantizeResult> {
  refuseOptions(options, context);
  refuseQuantized(model);
  const { runner } = context;
  const target = await targetOf(options, context);
  await upgradeOpset(model, OPSET);
  await clean(model, { runner });
  await settleWeights(model, runner, wantedNodes(model, options));
  const quantizer = quantizerOf(model, options, target);
  const calibration = calibrationOf(options, context);
  const choice = await chooseFloatLayers(quantizer, options, context, calibration);
  const quantized = await quantizer.build(choice.floatLayers);
  refuseUnchanged(quantized);
  return {
    model: quantized.model,
    resolved: resolvedOptions(quantizer, options, choice, target),
    target: target.name,
    layers: await dynamicReports(quantizer, quantized, calibration),
    warnings: [...choice.warnings, ...(await unfusedWarnings(quantized.model, context))],
    limits: choice.limits ?? [],
  };
}

interface Choice {
  /** Layers left in float, with the reason. */
  readonly floatLayers: ReadonlyMap<string, string>;
  readonly limits?: Limit[];
  readonly warnings: readonly Warning[];
}

/** A replay keeps the recorded choice; else what is fast comes first, then what is accurate. */
async function chooseFloatLayers(
  quantizer: DynamicQuantizer,
  { floatLayers, keepFastest: byLatency, maxDrop }: QuantizeOptions,
  { seed }: QuantizeContext,
  run: CalibrationRun | undefined,
): Promise<Choice> {
  if (floatLayers) return { floatLayers: new Map(Object.entries(floatLayers)), warnings: [] };
  const nothing = { floatLayers: new Map<string, string>(), warnings: [] };
  if (!run) return nothing;
  const fastest = byLatency ? await keepFastest(quantizer, run) : nothing;
  if (maxDrop === undefined) return fastest;
  const limited = await limitDrop(quantizer, fastest.floatLayers, maxDrop, { ...run, seed });
  return { ...limited, warnings: [...fastest.warnings, ...limited.warnings] };
}

/** What the patterns leave to be quantized; others keep their weights the way they are put together. */
function wantedNodes({ graph }: Model, { include, exclude }: QuantizeOptions): (node: Node) => boolean {
  const excluded = matchNodes(graph, exclude);
  const included = include.length > 0 ? matchNodes(graph, include) : undefined;
  return (node) => !excluded.has(node) && (included?.has(node) ?? true);
}

/** Options that choose by measurement need samples. */
function refuseOptions(options: ModeOptions, { data }: QuantizeContext): void {
  const { keepFastest: byLatency, maxDrop, floatLayers } = options;
  if (data?.length === 0) throw noCalibrationSamples(data.name);
  if (data || floatLayers) return;
  if (byLatency) throw optionNeedsData('--keep-fastest', 'latency is measured on a sample');
  if (maxDrop !== undefined) throw optionNeedsData('--max-drop', 'the drop is measured on samples');
}

function calibrationOf({ samples }: QuantizeOptions, context: QuantizeContext): CalibrationRun | undefined {
  const { runner, data, seed, threads, signal, onProgress } = context;
  return (
    data && {
      runner,
      dataset: data,
      indices: sampleIndices(data.length, samples, seed),
      threads,
      details: context.details ?? true,
      signal,
      onProgress,
    }
  );
}

function quantizerOf(model: Model, options: ModeOptions, target: Target): DynamicQuantizer {
  return new DynamicQuantizer(model, {
    target,
    weights: lookup(formats, options.weights, 'format'),
    granularity: withoutBlocks('dynamic', options.granularity ?? target.granularity),
    reduceRange: options.reduceRange ?? target.reduceRange,
    include: options.include,
    exclude: options.exclude,
  });
}

function refuseUnchanged({ layers }: DynamicallyQuantized): void {
  if (layers.some(({ weights }) => weights.length > 0)) return;
  throw nothingToQuantize(layers.map(({ reason }) => reason));
}

function resolvedOptions(
  quantizer: DynamicQuantizer,
  options: QuantizeOptions,
  { floatLayers }: Choice,
  target: Target,
): QuantizeOptions {
  const { granularity, reduceRange } = quantizer.options;
  const isChosen = options.keepFastest || options.maxDrop !== undefined || options.floatLayers !== undefined;
  return {
    ...options,
    // Names of the registry's records.
    target: target.name as QuantizeOptions['target'],
    granularity,
    reduceRange,
    // Also where the choice fell on none: a replay must not measure again.
    ...(isChosen ? { floatLayers: Object.fromEntries(floatLayers) } : {}),
  };
}

async function unfusedWarnings(model: Model, { runner }: QuantizeContext): Promise<Warning[]> {
  return (await unfusedLayers(model, runner)).map((where) => ({
    code: 'integer-layer-unfused',
    where,
    message: 'ONNX Runtime computes this integer product apart from the scaling behind it, which is slow.',
  }));
}
