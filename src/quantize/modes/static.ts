import { check } from '../../base/check.ts';
import { lookup } from '../../base/lookup.ts';
import { sampleIndices } from '../../data/sample-indices.ts';
import type { Limit, Warning } from '../../evaluate/report.ts';
import type { Model } from '../../onnx/ir/model.ts';
import { clean } from '../../passes/clean.ts';
import { upgradeOpset } from '../../passes/upgrade-opset.ts';
import type { Target } from '../../targets/target.ts';
import {
  calibrationDataMissing,
  formatNotOfLayout,
  formatNotOfMode,
  noCalibrationSamples,
  noIntegerKernels,
  nothingToQuantize,
} from '../errors.ts';
import { foldGemmFactors } from '../fold-gemm-factors.ts';
import type { Format } from '../format.ts';
import { formats } from '../formats/index.generated.ts';
import { hoistClamps } from '../hoist-clamps.ts';
import { keepFastest } from '../keep-fastest.ts';
import { layerReports } from '../layer-reports.ts';
import type { Layout } from '../layout.ts';
import { layouts } from '../layouts/index.generated.ts';
import { limitDrop } from '../limit-drop.ts';
import type { Mode, ModeOptions, QuantizeContext, QuantizeResult } from '../mode.ts';
import { observerOf } from '../observer-of.ts';
import { opsetOf } from '../opset-of.ts';
import type { QuantizeOptions } from '../options.ts';
import { type CalibrationRun, type Quantized, Quantizer } from '../quantizer.ts';
import { refuseQuantized } from '../refuse-quantized.ts';
import { staticWarnings } from '../static-warnings.ts';
import { targetOf } from '../target-of.ts';
import { weightFormat } from '../weight-format.ts';
import type { StorageFormat } from '../weights/storage-options.ts';
import { withoutBlocks } from '../without-blocks.ts';

/**
 * Weights and activations as integers: cleans the model (folding batch normalization), finds ranges on samples of
 * `data`, and writes Q/DQ nodes where the target computes in integers. Changes the given model.
 * Throws PareErrors where there is nothing to quantize, no data, or a pattern matches nothing.
 */
export const staticMode: Mode = {
  name: 'static',
  summary: 'weights and activations as integers, ranges found on samples beforehand',
  weights: ['int8', 'uint8'],
  activations: ['uint8', 'int8', 'uint16', 'int16'],
  refuses: ['method', 'blockKernels', 'accuracyLevel'],
  run,
};

async function run(model: Model, options: ModeOptions, context: QuantizeContext): Promise<QuantizeResult> {
  const { runner, data } = context;
  if (!data) throw calibrationDataMissing();
  if (data.length === 0) throw noCalibrationSamples(data.name);
  refuseQuantized(model);
  const target = await targetOf(options, context);
  if (Object.keys(target.kernels).length === 0) throw noIntegerKernels(target.name);
  const used = usedFormats(options, target);
  refuseLayout(lookup<Layout>(layouts, options.layout, 'layout'), used);
  const floatWeights = floatWeightsOf(options);
  const opsets = [...used, ...(floatWeights ? [floatWeights] : [])].map(opsetOf);
  await upgradeOpset(model, Math.max(target.opset, ...opsets));
  await clean(model, { runner });
  await foldGemmFactors(model.graph);
  hoistClamps(model.graph);
  const quantizer = quantizerOf(model, options, target, floatWeights);
  const plan = await quantizer.describe();
  if (!plan.some(({ state }) => state === 'quantized'))
    throw nothingToQuantize(plan.map(({ reason }) => reason));
  const calibration: CalibrationRun = {
    runner,
    dataset: data,
    indices: sampleIndices(data.length, options.samples, context.seed),
    threads: context.threads,
    details: context.details ?? true,
    signal: context.signal,
    onProgress: context.onProgress,
  };
  await quantizer.calibrate(calibration);
  const choice = await chooseFloatLayers(quantizer, options, context, calibration);
  const quantized = await quantizer.build(choice.floatLayers);
  const { resolved, warnings } = await finish(quantizer, quantized, options, choice, context, target);
  return {
    model: quantized.model,
    resolved,
    target: target.name,
    layers: await layerReports(quantizer, quantized, calibration),
    warnings,
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
  quantizer: Quantizer,
  options: QuantizeOptions,
  context: QuantizeContext,
  run: CalibrationRun,
): Promise<Choice> {
  if (options.floatLayers) return { floatLayers: new Map(Object.entries(options.floatLayers)), warnings: [] };
  const fastest = options.keepFastest
    ? await keepFastest(quantizer, run)
    : { floatLayers: new Map<string, string>(), warnings: [] };
  if (options.maxDrop === undefined) return fastest;
  const limited = await limitDrop(quantizer, fastest.floatLayers, options.maxDrop, {
    ...run,
    seed: context.seed,
  });
  return { ...limited, warnings: [...fastest.warnings, ...limited.warnings] };
}

async function finish(
  quantizer: Quantizer,
  quantized: Quantized,
  options: QuantizeOptions,
  choice: Choice,
  { runner }: QuantizeContext,
  target: Target,
) {
  const warnings = [...choice.warnings, ...(await staticWarnings(quantizer, quantized, runner))];
  const { activations, granularity, reduceRange } = quantizer.options;
  check(activations.name in formats, () => `format "${activations.name}" is not registered`);
  const isChosen = options.keepFastest || options.maxDrop !== undefined || options.floatLayers !== undefined;
  const resolved: QuantizeOptions = {
    ...options,
    target: target.name as QuantizeOptions['target'],
    floatWeights: options.floatWeights ?? options.weights,
    activations: activations.name as QuantizeOptions['activations'],
    granularity,
    reduceRange,
    // Also where the choice fell on none: a replay must not measure again.
    ...(isChosen ? { floatLayers: Object.fromEntries(choice.floatLayers) } : {}),
  };
  return { resolved, warnings };
}

/** Float layers get the format of the others unless the user names another, or none. */
function floatWeightsOf({ floatWeights, weights }: ModeOptions): StorageFormat | undefined {
  return floatWeights === 'float32' ? undefined : weightFormat(floatWeights ?? weights);
}

function quantizerOf(
  model: Model,
  options: ModeOptions,
  target: Target,
  floatWeights: StorageFormat | undefined,
): Quantizer {
  return new Quantizer(model, {
    target,
    activations: lookup<Format>(formats, options.activations ?? target.activations, 'format'),
    weights: lookup<Format>(formats, options.weights, 'format'),
    floatWeights,
    granularity: withoutBlocks('static', options.granularity ?? target.granularity),
    reduceRange: options.reduceRange ?? target.reduceRange,
    symmetricActivations: options.symmetric,
    correctBiases: options.biasCorrection,
    include: options.include,
    exclude: options.exclude,
    createObserver: observerOf(options.observer),
    overrides: options.overrides,
    layout: lookup<Layout>(layouts, options.layout, 'layout'),
  });
}

/** The formats that activations and weights may get. Throws `format-not-of-mode` for one of an override. */
function usedFormats({ activations, weights, overrides }: ModeOptions, target: Target): Format[] {
  const names = new Set<string>([activations ?? target.activations, weights]);
  for (const { activations: ofData, weights: ofWeights } of overrides) {
    if (ofData !== undefined && !staticMode.activations.includes(ofData))
      throw formatNotOfMode(staticMode.name, 'activations', ofData, staticMode.activations);
    if (ofWeights !== undefined && !staticMode.weights.includes(ofWeights))
      throw formatNotOfMode(staticMode.name, 'weights', ofWeights, staticMode.weights);
    for (const name of [ofData, ofWeights]) if (name !== undefined) names.add(name);
  }
  return [...names].map((name) => lookup<Format>(formats, name, 'format'));
}

function refuseLayout(layout: Layout, used: readonly Format[]): void {
  for (const format of used) {
    const reason = layout.refuses(format);
    if (reason !== undefined) throw formatNotOfLayout(layout.name, reason);
  }
}
