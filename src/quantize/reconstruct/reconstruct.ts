import type { Chosen } from '../../base/parse-chosen.ts';
import type { Cancellable } from '../../base/progress.ts';
import type { Runner } from '../../base/runner.ts';
import type { Batch, Dataset } from '../../data/dataset.ts';
import { batchSizeOf } from '../../evaluate/batch-size-of.ts';
import { cloneModel } from '../../onnx/clone-model.ts';
import type { Model } from '../../onnx/ir/model.ts';
import type { TensorSource } from '../../onnx/ir/tensor-source.ts';
import { tensorSourceOfTensor } from '../../onnx/ir/tensor-source-of-tensor.ts';
import type { GridMethod } from '../grid-method.ts';
import type { LevelFormat } from '../level-format.ts';
import type { RoundingMethod } from '../rounding-method.ts';
import { shiftBiases } from '../shift-biases.ts';
import { cutBack, groupingOf, type WeightGranularity } from '../weights/grouping.ts';
import { decodedLevels } from '../weights/level-grids.ts';
import { takesBias } from '../weights/measure-shifts.ts';
import type { LevelCoding } from '../weights/weight-coding.ts';
import { weightNumbers } from '../weights/weight-numbers.ts';
import { type WeightSite, weightSites } from '../weights/weight-sites.ts';
import { codeLayer } from './code-layer.ts';
import { heldBatches } from './held-batches.ts';
import { type LayerMatrix, layerMatrix } from './layer-matrix.ts';
import { LayerMoments, type Moments } from './layer-moments.ts';
import { openLayerTap } from './layer-tap.ts';
import { targetWeights } from './target-weights.ts';

export interface ReconstructRequest extends Cancellable {
  readonly format: LevelFormat;
  readonly granularity: WeightGranularity;
  readonly grid: Chosen<GridMethod>;
  readonly rounding: Chosen<RoundingMethod>;
  /** Whether biases are to take what means are off by. */
  readonly correctsBiases: boolean;
  /** Whether a weight is to be stored as codes at all. */
  isStored(site: WeightSite): boolean;
  readonly runner: Runner;
  readonly dataset: Dataset;
  readonly indices: ArrayLike<number>;
  readonly threads: number;
}

export interface Reconstruction {
  /** Codes by the weight they stand for. */
  readonly codings: ReadonlyMap<TensorSource, LevelCoding>;
  /** What each layer's outputs are off by on average, to be taken out of its bias, by name of the output. */
  readonly shifts: ReadonlyMap<string, Float64Array>;
}

/** Inputs of a row beyond which moments would take too much memory and time. */
const MAX_DEPTH = 4608;

/**
 * Codes for the weights of a model, layer by layer from its inputs on: each makes of what it reads behind the layers coded
 * before as nearly as it can what it would make in the float model.
 */
export async function reconstruct(model: Model, request: ReconstructRequest): Promise<Reconstruction> {
  const { correctsBiases, signal, onProgress } = request;
  const working = cloneModel(model);
  const codings = new Map<TensorSource, LevelCoding>();
  const shifts = new Map<string, Float64Array>();
  const layers = weightSites(working.graph).flatMap((site) => {
    const matrix = site.graph === working.graph && request.isStored(site) ? layerMatrix(site) : undefined;
    return matrix && matrix.depth <= MAX_DEPTH ? [{ site, matrix }] : [];
  });
  const { dataset, indices } = request;
  const batches = await heldBatches(() =>
    // States follow each other step by step.
    dataset.batches({
      batchSize: dataset.state ? 1 : batchSizeOf(model),
      indices,
      ...(signal && { signal }),
    }),
  );
  for (const [done, { site, matrix }] of layers.entries()) {
    signal?.throwIfAborted();
    onProgress?.({ phase: 'calibrate', done, total: layers.length });
    const moments = await momentsOf({ model, working }, { site, matrix }, batches, request);
    const weights = await weightNumbers(site);
    const isCentered = correctsBiases && takesBias(matrix.layer);
    const rows = rowsOf(matrix, weights);
    const targets = moments.map((own, group) => targetWeights(rows[group], own, isCentered));
    const grouping = groupingOf(site.source.shape, site.readers[0].role.ownAxes, request.granularity);
    const coding = codeLayer(matrix, targets, { format: request.format, grouping }, request);
    codings.set(site.source, coding);
    const decoded = cutBack(decodedLevels(coding.codes, coding.grids), grouping);
    if (isCentered) {
      const shift = shiftOf(matrix, { before: rows, after: rowsOf(matrix, decoded) }, moments);
      shifts.set(matrix.layer.output.name, shift);
      await shiftBiases(working.graph, [matrix.layer], shifts);
    }
    site.value.initializer = tensorSourceOfTensor({
      dtype: 'float',
      shape: site.source.shape,
      data: decoded,
    });
  }
  return { codings, shifts };
}

/** [rows, depth] by group of channels. */
function rowsOf({ groups, rows, depth, place }: LayerMatrix, weights: Float32Array): Float64Array[] {
  return Array.from({ length: groups }, (_, group) =>
    Float64Array.from(
      { length: rows * depth },
      (_, i) => weights[place(group * rows + Math.floor(i / depth), i % depth)],
    ),
  );
}

/** Ŵ·E x̂ − W·E x */
function shiftOf(
  { groups, rows, depth }: LayerMatrix,
  { before, after }: { before: readonly Float64Array[]; after: readonly Float64Array[] },
  moments: readonly Moments[],
): Float64Array {
  return Float64Array.from({ length: groups * rows }, (_, index) => {
    const [group, row] = [Math.floor(index / rows), index % rows];
    const { realMean, idealMean } = moments[group];
    let shift = 0;
    for (let i = 0; i < depth; i++)
      shift += after[group][row * depth + i] * realMean[i] - before[group][row * depth + i] * idealMean[i];
    return shift;
  });
}

/** On the samples, batch by batch; where a state is fed back, step by step. */
async function momentsOf(
  { model, working }: { model: Model; working: Model },
  { site, matrix }: { site: WeightSite; matrix: LayerMatrix },
  batches: () => AsyncIterable<Batch>,
  { runner, dataset, threads, signal }: ReconstructRequest,
): Promise<Moments[]> {
  const engine = { runner, threads, state: dataset.state };
  const taps = await Promise.all([model, working].map((each) => openLayerTap(each, matrix, engine)));
  let moments: LayerMoments | undefined;
  try {
    for await (const step of batches()) {
      signal?.throwIfAborted();
      const [ideal, real] = [await taps[0].run(step), await taps[1].run(step)];
      const shape = { rank: real.shape.length, kernel: site.source.shape.slice(2) };
      moments ??= await LayerMoments.open(matrix, shape, { runner, threads });
      await moments.add(real, ideal);
    }
    return moments?.moments() ?? [];
  } finally {
    await Promise.all([...taps, ...(moments ? [moments] : [])].map((each) => each.close()));
  }
}
