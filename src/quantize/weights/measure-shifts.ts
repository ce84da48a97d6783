import { check } from '../../base/check.ts';
import { type ObserveOptions, observeValues } from '../../observe/observe-values.ts';
import { cloneModel } from '../../onnx/clone-model.ts';
import type { Model } from '../../onnx/ir/model.ts';
import type { Node } from '../../onnx/ir/node.ts';
import type { TensorSource } from '../../onnx/ir/tensor-source.ts';
import { opOf } from '../../ops/index.ts';
import { bytesOfTensor } from '../../tensor/bytes-of-tensor.ts';
import { addShiftProbes, type WeightError } from '../add-shift-probes.ts';
import { decodedGroups, groupCodes, groupGrids } from './group-codes.ts';
import { cutBack, type Grouping, groupingOf } from './grouping.ts';
import { decodedLevels } from './level-grids.ts';
import { isIntegerFormat, isLevelFormat, type StorageOptions } from './storage-options.ts';
import { integerCoding } from './weight-coding.ts';
import { weightNumbers } from './weight-numbers.ts';
import { type WeightSite, weightSites } from './weight-sites.ts';

/**
 * What rounding the weights of each layer that has a place for a bias shifts its outputs by, on average over the samples:
 * one number a channel, by name of the layer's output. Layers inside bodies are not measured.
 */
export async function measureShifts(
  model: Model,
  storing: Storing,
  run: ObserveOptions,
): Promise<Map<string, Float64Array>> {
  const copy = cloneModel(model);
  const probes = addShiftProbes(copy, weightErrors(copy, storing));
  const shifts = new Map<string, Float64Array>();
  const take = (probe: string, values: Float32Array): void => {
    const layer = probes.get(probe) ?? probe;
    const mean = shifts.get(layer) ?? new Float64Array(values.length);
    for (let c = 0; c < mean.length; c++) mean[c] += values[c];
    shifts.set(layer, mean);
  };
  // A sample of a streaming model is many runs.
  const runs = await observeValues(copy, [...probes.keys()], take, run);
  for (const sums of shifts.values()) for (let c = 0; c < sums.length; c++) sums[c] /= runs;
  return shifts;
}

/** How weights are going to be stored: integers or levels. */
type Storing = Pick<StorageOptions, 'format' | 'granularity' | 'coding'>;

function weightErrors(model: Model, storing: Storing): WeightError[] {
  return weightSites(model.graph).flatMap((site) => {
    if (site.source.dtype !== 'float' || site.graph !== model.graph) return [];
    const grouping = groupingOf(site.source.shape, site.readers[0].role.ownAxes, storing.granularity);
    const layers = site.readers.map(({ node }) => node).filter((node) => takesShift(node, site, model));
    return layers.map((layer) => ({ layer, error: errorOf(site, storing, grouping) }));
  });
}

/** A layer of this weight whose bias, if it has one, is one number a channel, unscaled. */
export function takesBias(node: Node): boolean {
  const role = opOf(node)?.role;
  if (role?.kind !== 'weighted' || role.bias === undefined) return false;
  if ((node.float('alpha') ?? 1) !== 1 || (node.float('beta') ?? 1) !== 1) return false;
  const bias = node.inputs[role.bias];
  return !bias || (bias.initializer?.dtype === 'float' && bias.initializer.shape.length === 1);
}

function takesShift(node: Node, { value }: WeightSite, model: Model): boolean {
  const role = opOf(node)?.role;
  const isItsWeight = role?.kind === 'weighted' && node.inputs[role.weight] === value;
  return node.graph === model.graph && isItsWeight && takesBias(node);
}

/** Decoded minus original weight, computed when it is written. */
function errorOf(site: WeightSite, storing: Storing, grouping: Grouping): TensorSource {
  const { dtype, shape, byteLength } = site.source;
  const read = async (): Promise<Uint8Array> => {
    const weights = await weightNumbers(site);
    const decoded = decodedWeights(site, weights, storing, grouping);
    return bytesOfTensor({ dtype, shape, data: decoded.map((x, i) => x - weights[i]) });
  };
  return { dtype, shape, byteLength, read };
}

function decodedWeights(
  site: WeightSite,
  weights: Float32Array,
  { format, coding }: Storing,
  grouping: Grouping,
): Float32Array {
  const request = { site, weights, isTurned: false, grouping };
  if (isLevelFormat(format)) {
    check(coding !== undefined, () => `${format.name} has no rule of its own to find codes by`);
    const { grids, codes } = coding({ ...request, format });
    return cutBack(decodedLevels(codes, grids), grouping);
  }
  check(isIntegerFormat(format), () => `${format.name} has no scales`);
  const grids = coding ? integerCoding(coding, format, request) : groupGrids(weights, format, grouping);
  return decodedGroups(groupCodes(weights, grids), grids);
}
