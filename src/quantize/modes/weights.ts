import { sampleIndices } from '../../data/sample-indices.ts';
import type { LayerReport, Warning } from '../../evaluate/report.ts';
import type { Model } from '../../onnx/ir/model.ts';
import type { Node } from '../../onnx/ir/node.ts';
import { clean } from '../../passes/clean.ts';
import { matchNodes } from '../../passes/match-nodes.ts';
import { nodeName } from '../../passes/node-name.ts';
import { removeDead } from '../../passes/remove-dead.ts';
import { upgradeOpset } from '../../passes/upgrade-opset.ts';
import type { Target } from '../../targets/target.ts';
import { type ChosenMethods, chosenMethods } from '../chosen-methods.ts';
import { codingOf } from '../coding-of.ts';
import { granularityOfFloats, methodWantsData, noCalibrationSamples, nothingToQuantize } from '../errors.ts';
import { computeInHalf } from '../half/compute-in-half.ts';
import type { LevelFormat } from '../level-format.ts';
import { levelFormats } from '../level-formats/index.generated.ts';
import type { Mode, ModeOptions, QuantizeContext, QuantizeResult } from '../mode.ts';
import { opsetOf } from '../opset-of.ts';
import type { QuantizeOptions } from '../options.ts';
import { reconstruct } from '../reconstruct/reconstruct.ts';
import { refuseQuantized } from '../refuse-quantized.ts';
import { shiftBiases } from '../shift-biases.ts';
import { targetOf } from '../target-of.ts';
import { weightFormat } from '../weight-format.ts';
import { decodedEachRun } from '../weights/decoded-each-run.ts';
import { defaultGranularity } from '../weights/default-granularity.ts';
import { groupingOf, type WeightGranularity } from '../weights/grouping.ts';
import { isSmaller } from '../weights/is-smaller.ts';
import { levelBytes } from '../weights/level-bytes.ts';
import { measureShifts } from '../weights/measure-shifts.ts';
import {
  type BlockKernelUse,
  isIntegerFormat,
  isLevelFormat,
  type StorageFormat,
  type StorageOptions,
} from '../weights/storage-options.ts';
import { type StoredNode, storeWeights } from '../weights/store-weights.ts';
import type { WeightCoding } from '../weights/weight-coding.ts';
import type { WeightSite } from '../weights/weight-sites.ts';

/**
 * Weights in fewer bits, computed in float: they are decoded when an engine loads the model, or multiplied by as they are
 * where the target has fast kernels for that. Needs no samples; those that are given tell the mean error of rounded
 * weights, which is taken out of the biases. Asked for float16 activations, everything that may is computed in half
 * precision; samples then show what must not. Changes the given model.
 * Throws PareErrors where there is nothing to store or a pattern matches nothing.
 */
export const weightsMode: Mode = {
  name: 'weights',
  summary:
    'weights in fewer bits, computed in float32 or, with --activations float16, in half precision; no data needed',
  weights: ['int8', 'uint8', 'int4', 'uint4', 'float16', 'bfloat16', ...Object.keys(levelFormats)],
  activations: ['float16'],
  computesInFloat: true,
  refuses: [
    'symmetric',
    'reduceRange',
    'observer',
    'keepFastest',
    'maxDrop',
    'floatLayers',
    'floatWeights',
    'layout',
    'overrides',
  ],
  run,
};

async function run(model: Model, options: ModeOptions, context: QuantizeContext): Promise<QuantizeResult> {
  const { runner } = context;
  refuseQuantized(model);
  const target = await targetOf(options, context);
  const format = weightFormat(options.weights);
  const methods = chosenMethods(format, options.method);
  const granularity = granularityOf(options, format);
  await upgradeOpset(model, Math.max(target.opset, opsetOf(format)));
  await clean(model, { runner });
  const reasonAgainst = reasonsByPattern(model, options);
  const { coding, shifts } = await codingsOf(
    model,
    { format, granularity, methods, reasonAgainst },
    options,
    context,
  );
  const { nodes, flushed } = await storeWeights(model, {
    format,
    granularity,
    coding,
    reasonAgainst,
    blockKernels: blockKernelsOf(options, target),
  });
  if (!nodes.some(({ isStored }) => isStored)) throw nothingToQuantize(nodes.map(({ reason }) => reason));
  const shifted = nodes.filter(({ isStored }) => isStored).map(({ node }) => node);
  await shiftBiases(model.graph, shifted, shifts);
  removeDead(model.graph);
  const half =
    options.activations === undefined
      ? undefined
      : await computeInHalf(model, { samples: options.samples, reasonByPattern: reasonAgainst }, context);
  const warnings = [
    ...flushedWarning(flushed, format),
    ...(half?.warnings ?? []),
    ...((await decodedEachRun(model, runner))?.map(decodedWarning) ?? [uncheckedWarning]),
  ];
  return {
    model,
    resolved: {
      ...options,
      // The target's name is a key of the registry it was found in.
      target: target.name as QuantizeOptions['target'],
      ...(hasScales(format) && { granularity }),
    },
    target: target.name,
    layers: [...nodes.map(layerReport), ...(half?.layers ?? [])],
    warnings,
    limits: [],
  };
}

interface Request {
  readonly format: StorageFormat;
  readonly granularity: WeightGranularity;
  readonly methods: ChosenMethods | undefined;
  reasonAgainst(node: Node): string | undefined;
}

/** How weights get their codes, and what that shifts layers by. */
async function codingsOf(
  model: Model,
  { format, granularity, methods, reasonAgainst }: Request,
  options: ModeOptions,
  context: QuantizeContext,
): Promise<{ coding: WeightCoding | undefined; shifts: ReadonlyMap<string, Float64Array> }> {
  if (!methods?.rounding) {
    const coding = methods && codingOf(methods);
    return { coding, shifts: await shiftsOf(model, { format, granularity, coding }, options, context) };
  }
  const { data, runner, seed, threads, signal, onProgress } = context;
  if (!data) throw methodWantsData(methods.rounding.record.name);
  if (data.length === 0) throw noCalibrationSamples(data.name);
  const { levels, grid, rounding } = methods;
  const { codings, shifts } = await reconstruct(model, {
    format: levels,
    granularity,
    grid,
    rounding,
    correctsBiases: options.biasCorrection,
    isStored: (site) => isWorthCoding(site, levels, granularity, reasonAgainst),
    runner,
    dataset: data,
    indices: sampleIndices(data.length, options.samples, seed),
    threads,
    signal,
    onProgress,
  });
  return { coding: codingOf(methods, codings), shifts };
}

function isWorthCoding(
  site: WeightSite,
  format: LevelFormat,
  granularity: WeightGranularity,
  reasonAgainst: Request['reasonAgainst'],
): boolean {
  const { source, readers } = site;
  if (source.dtype !== 'float' || readers.some(({ node }) => reasonAgainst(node) !== undefined)) return false;
  const grouping = groupingOf(source.shape, readers[0].role.ownAxes, granularity);
  return isSmaller(site, levelBytes(format, grouping));
}

/** Nothing where there are no samples, or the format's errors are too small to matter. */
async function shiftsOf(
  model: Model,
  storing: Pick<StorageOptions, 'format' | 'granularity' | 'coding'>,
  { biasCorrection, samples }: ModeOptions,
  { data, runner, seed, threads, signal, onProgress }: QuantizeContext,
): Promise<ReadonlyMap<string, Float64Array>> {
  if (!data || !biasCorrection || !hasScales(storing.format)) return new Map();
  if (data.length === 0) throw noCalibrationSamples(data.name);
  const indices = sampleIndices(data.length, samples, seed);
  return measureShifts(model, storing, {
    runner,
    dataset: data,
    indices,
    threads,
    signal,
    onProgress,
  });
}

const uncheckedWarning: Warning = {
  code: 'not-checked',
  where: '',
  message:
    'The model is too large to check here that ONNX Runtime decodes its weights once, when it loads them.',
};

function decodedWarning(where: string): Warning {
  const message = 'ONNX Runtime decodes this weight on each run, not once when it loads the model.';
  return { code: 'decoded-each-run', where, message };
}

function granularityOf({ granularity }: QuantizeOptions, format: StorageFormat): WeightGranularity {
  if (!hasScales(format) && granularity !== undefined) throw granularityOfFloats(format.name, granularity);
  return granularity ?? defaultGranularity(format);
}

/** Scales, or numbers of its own, for each part of a weight. */
function hasScales(format: StorageFormat): boolean {
  return isIntegerFormat(format) || isLevelFormat(format);
}

function blockKernelsOf(
  { blockKernels, accuracyLevel }: QuantizeOptions,
  target: Target,
): BlockKernelUse | undefined {
  const facts = target.blockKernels;
  if (!facts || blockKernels === 'never') return undefined;
  return {
    ...facts,
    accuracyLevel: accuracyLevel ?? facts.accuracyLevel,
    isForced: blockKernels === 'always',
  };
}

function reasonsByPattern(
  { graph }: Model,
  { include, exclude }: QuantizeOptions,
): (node: Node) => string | undefined {
  const excluded = matchNodes(graph, exclude);
  const included = include.length > 0 ? matchNodes(graph, include) : undefined;
  return (node) => {
    if (excluded.has(node)) return 'excluded';
    return included && !included.has(node) ? 'not included' : undefined;
  };
}

function* flushedWarning(flushed: number, format: StorageFormat): Iterable<Warning> {
  if (flushed === 0) return;
  const message = `${flushed} weights too small for ${format.name} became 0.`;
  yield { code: 'weights-flushed', where: '', message };
}

function layerReport({ node, opType, isStored, reason, errors }: StoredNode): LayerReport {
  const sqnrDb = errors?.sqnrDb;
  return {
    name: nodeName(node),
    opType,
    state: isStored ? 'stored' : 'float',
    reason,
    // A perfect copy has no finite SQNR, which JSON could not hold.
    ...(sqnrDb !== undefined && Number.isFinite(sqnrDb) && { weightSqnrDb: sqnrDb }),
  };
}
