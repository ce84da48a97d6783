import { check } from '../../base/check.ts';
import { lookup } from '../../base/lookup.ts';
import { sampleIndices } from '../../data/sample-indices.ts';
import type { Limit, Warning } from '../../evaluate/report.ts';
import type { Model } from '../../onnx/ir/model.ts';
import { clean } from '../../passes/clean.ts';
import { upgradeOpset } from '../../passes/upgrade-opset.ts';
import { detectTarget } from '../../targets/detect-target.ts';
import { targets } from '../../targets/index.generated.ts';
import type { Target } from '../../targets/target.ts';
import {
  alreadyQuantized,
  calibrationDataMissing,
  granularityNotOfMode,
  noCalibrationSamples,
  nothingToQuantize,
} from '../errors.ts';
import { floatFormats } from '../float-formats/index.generated.ts';
import { formats } from '../formats/index.generated.ts';
import { hoistClamps } from '../hoist-clamps.ts';
import { keepFastest } from '../keep-fastest.ts';
import { layerReports } from '../layer-reports.ts';
import { limitDrop } from '../limit-drop.ts';
import type { Mode, ModeOptions, QuantizeContext, QuantizeResult } from '../mode.ts';
import { observerOf } from '../observer-of.ts';
import type { QuantizeOptions } from '../options.ts';
import { type CalibrationRun, type Quantized, Quantizer } from '../quantizer.ts';
import { unexpectedlyFloat } from '../unexpectedly-float.ts';
import { unexpectedlyQuantized } from '../unexpectedly-quantized.ts';
import type { WeightGranularity } from '../weights/grouping.ts';
import type { StorageFormat } from '../weights/storage-options.ts';

/**
 * Weights and activations as integers: cleans the model (folding batch normalization), finds ranges on samples of
 * `data`, and writes Q/DQ nodes where the target computes in integers. Changes the given model.
 * Throws PareErrors where there is nothing to quantize, no data, or a pattern matches nothing.
 */
export const staticMode: Mode = {
  name: 'static',
  summary: 'weights and activations as integers, ranges found on samples beforehand',
  weights: ['int8'],
  activations: ['uint8', 'int8'],
  refuses: ['blockKernels', 'accuracyLevel'],
  run,
};

async function run(model: Model, options: ModeOptions, context: QuantizeContext): Promise<QuantizeResult> {
  const { runner, data } = context;
  if (!data) throw calibrationDataMissing();
  if (data.length === 0) throw noCalibrationSamples(data.name);
  refuseQuantized(model);
  const target = await targetOf(options, context);
  const floatWeights = floatWeightsOf(options);
  await upgradeOpset(model, Math.max(target.opset, floatWeights?.opset ?? 0));
  await clean(model, { runner });
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
  const warnings = [...choice.warnings];
  for (const name of quantized.guarded) {
    warnings.push({
      code: 'guarded',
      where: name,
      message: 'A Max of one operand keeps ONNX Runtime from computing this float node in integers.',
    });
  }
  for (const name of await unexpectedlyQuantized(quantized, runner)) {
    warnings.push({
      code: 'float-layer-quantized',
      where: name,
      message: 'ONNX Runtime quantizes this layer although it was left in float.',
    });
  }
  for (const name of await unexpectedlyFloat(quantized, runner)) {
    warnings.push({
      code: 'quantized-layer-float',
      where: name,
      message: 'ONNX Runtime computes this quantized layer in float on this machine.',
    });
  }
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
  const all: Record<string, StorageFormat | undefined> = { float32: undefined, ...formats, ...floatFormats };
  return lookup(all, floatWeights ?? weights, 'format');
}

function quantizerOf(
  model: Model,
  options: ModeOptions,
  target: Target,
  floatWeights: StorageFormat | undefined,
): Quantizer {
  return new Quantizer(model, {
    target,
    activations: lookup(formats, options.activations ?? target.activations, 'format'),
    weights: lookup(formats, options.weights, 'format'),
    floatWeights,
    granularity: withoutBlocks(options.granularity ?? target.granularity),
    reduceRange: options.reduceRange ?? target.reduceRange,
    symmetricActivations: options.symmetric,
    correctBiases: options.biasCorrection,
    include: options.include,
    exclude: options.exclude,
    createObserver: observerOf(options.observer),
  });
}

/** No integer kernel takes blocks of weights. */
function withoutBlocks(granularity: WeightGranularity): 'channel' | 'tensor' {
  if (granularity === 'channel' || granularity === 'tensor') return granularity;
  throw granularityNotOfMode('static', granularity);
}

async function targetOf(
  { target }: QuantizeOptions,
  { runner, architecture }: QuantizeContext,
): Promise<Target> {
  return target === 'auto' ? detectTarget(runner, architecture) : lookup<Target>(targets, target, 'target');
}

/** Integer operators and Q/DQ in the input mean that the work was done before, by someone's rules unknown here. */
function refuseQuantized(model: Model): void {
  const quantizing = /^(QuantizeLinear|DequantizeLinear|QLinear|MatMulInteger|ConvInteger|QGemm)/;
  for (const node of model.graph.nodes) {
    if (quantizing.test(node.opType)) throw alreadyQuantized(node.name || node.output.name, node.opType);
  }
}
