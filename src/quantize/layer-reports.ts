import type { LayerReport } from '../evaluate/report.ts';
import { openTaps } from '../observe/open-taps.ts';
import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import { nodeName } from '../passes/node-name.ts';
import { ErrorStatistics } from '../tensor/error-statistics.ts';
import type { EmittedWeight } from './emit-qdq.ts';
import { decodedWeight } from './quantized-weight.ts';
import type { CalibrationRun, Quantized, Quantizer } from './quantizer.ts';

/** Samples the activations' errors are measured on. */
const SAMPLES = 8;

/** One row a node: what became of it and why, and how far its weight and output are from the float model's. */
export async function layerReports(
  quantizer: Quantizer,
  quantized: Quantized,
  run: CalibrationRun,
): Promise<LayerReport[]> {
  const activations = run.details
    ? await activationErrors(quantizer, quantized, run)
    : new Map<string, ErrorStatistics>();
  const weights = new Map(quantized.emitted.weights.map((weight) => [weight.layer, weight]));
  const stored = new Map(quantized.stored.map((node) => [node.node, node]));
  const reports: LayerReport[] = [];
  for (const { name, node, state, result } of quantized.layers) {
    const weight = weights.get(node);
    const statistics = quantizer.statistics(result);
    reports.push({
      name,
      opType: node.opType,
      state: stored.has(node) ? 'stored' : state.state,
      reason: state.state === 'float' ? state.reason : '',
      ...decibels('weightSqnrDb', weight ? await weightError(weight) : stored.get(node)?.errors),
      ...decibels('activationSqnrDb', activations.get(result)),
      ...statistics,
    });
  }
  const known = new Set(quantized.layers.map(({ node }) => node));
  for (const { node, opType, errors } of quantized.stored) {
    if (known.has(node)) continue;
    const reason = 'the engine has no integer kernel for it';
    reports.push({
      name: nodeName(node),
      opType,
      state: 'stored',
      reason,
      ...decibels('weightSqnrDb', errors),
    });
  }
  return reports;
}

/** A perfect copy has no finite SQNR, which JSON could not hold: the field is left out. */
function decibels(field: 'weightSqnrDb' | 'activationSqnrDb', errors: ErrorStatistics | undefined) {
  return errors && Number.isFinite(errors.sqnrDb) ? { [field]: errors.sqnrDb } : {};
}

async function weightError({ source, grid }: EmittedWeight): Promise<ErrorStatistics> {
  // Only float weights are planned for quantization.
  const weights = (await readTensorSource(source)).data as Float32Array;
  const errors = new ErrorStatistics();
  errors.add(weights, decodedWeight(weights, source.shape, grid));
  return errors;
}

/** Errors of the decoded values against the float model's, by name of the value. */
async function activationErrors(
  quantizer: Quantizer,
  { model, emitted }: Quantized,
  { runner, dataset, indices, threads, signal }: CalibrationRun,
): Promise<Map<string, ErrorStatistics>> {
  const errors = new Map([...emitted.decoded.keys()].map((name) => [name, new ErrorStatistics()]));
  const engine = { runner, threads, state: dataset.state };
  const float = await openTaps(quantizer.base, [...emitted.decoded.keys()], engine);
  const decodedNames = [...emitted.decoded.values()].map(({ name }) => name);
  const quantized = await openTaps(model, decodedNames, engine);
  try {
    const samples = Array.from(indices).slice(0, SAMPLES);
    for await (const step of dataset.batches({ batchSize: 1, indices: samples, signal })) {
      const reference = await float.run(step);
      const actual = await quantized.run(step);
      for (const [name, decoded] of emitted.decoded) {
        const original = reference.get(name)!;
        const partner = reference.get(quantizer.partnerOf(name) ?? '');
        const isSeen = seenPart(original, partner);
        const [before, after] = [original, actual.get(decoded.name)!].map(isSeen);
        errors.get(name)!.add(before, after);
      }
    }
  } finally {
    await float.close();
    await quantized.close();
  }
  return errors;
}

/**
 * What of x can be seen behind max(0, x + y): x where the sum is above 0, 0 elsewhere. Where there is no such sum, or the
 * operands are broadcast, all of it.
 */
function seenPart(x: Float32Array, y: Float32Array | undefined): (values: Float32Array) => Float32Array {
  if (y?.length !== x.length) return (values) => values;
  return (values) => values.map((value, i) => (x[i] + y[i] > 0 ? value : 0));
}
