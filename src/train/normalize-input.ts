import type { Dataset } from '../data/dataset.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { Value } from '../onnx/ir/value.ts';
import { GraphWriter } from '../ops/graph-writer.ts';
import { augmentedInput } from './augment-batch.ts';
import { imageLayout } from './image-layout.ts';
import { spreadChoice } from './spread-choice.ts';

/** So many samples tell mean and deviation well enough. */
const SAMPLES = 2000;
/** Such inputs are left as they are: means within this, deviations between these. */
const FINE = { mean: 1, least: 0.25, most: 4 };

/**
 * Puts (x − mean) / deviation in front of a network, in place: it then takes what the data gives, pixels 0..255 say, and its
 * layers get numbers around 0, which is what their weights are drawn for. Statistics are of the training samples, for each
 * channel of pictures, else one. Does nothing where they are near 0 and 1 already, or where the input is no float.
 */
export async function normalizeInput(model: Model, dataset: Dataset, indices: Int32Array): Promise<void> {
  const found = await statistics(dataset, spreadChoice(indices, SAMPLES));
  if (!found || isFine(found)) return;
  const { graph } = model;
  const input = graph.inputs.find(({ name }) => name === found.name);
  if (!input) return;
  const readers = input.uses;
  const write = new GraphWriter(graph);
  const shape =
    found.axis === undefined ? [] : [1, 1, 1].map((one, i) => (i === found.axis ? found.mean.length : one));
  const constant = (values: readonly number[]) =>
    write.constant({ dtype: 'float', shape, data: Float32Array.from(values) });
  const centered = write.op('Sub', [input, constant(found.mean)]);
  centered.producer!.name = 'normalize.mean';
  const scaled: Value = write.op('Div', [centered, constant(found.deviation)]);
  scaled.producer!.name = 'normalize.deviation';
  for (const { node, index } of readers) node.setInput(index, scaled);
  graph.sort();
}

interface Statistics {
  /** Of the input. */
  readonly name: string;
  readonly axis: number | undefined;
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

async function statistics(dataset: Dataset, indices: Int32Array): Promise<Statistics | undefined> {
  let found:
    | { name: string; axis: number | undefined; sums: Float64Array; squares: Float64Array }
    | undefined;
  let perChannel = 0;
  for await (const { inputs } of dataset.batches({ batchSize: 50, indices })) {
    const name = augmentedInput(inputs);
    if (name === undefined) return undefined;
    const { shape, data } = inputs[name];
    const { axis, count, stride } = channelsOf(shape.slice(1));
    found ??= { name, axis, sums: new Float64Array(count), squares: new Float64Array(count) };
    for (let i = 0; i < data.length; i++) {
      const channel = Math.floor(i / stride) % count;
      const x = Number(data[i]);
      found.sums[channel] += x;
      found.squares[channel] += x * x;
    }
    perChannel += data.length / count;
  }
  if (!found) return undefined;
  const { name, axis, sums, squares } = found;
  const mean = Array.from(sums, (sum) => sum / perChannel);
  const deviation = Array.from(
    squares,
    (sum, i) => Math.sqrt(Math.max(sum / perChannel - mean[i] ** 2, 0)) || 1,
  );
  return { name, axis, mean, deviation };
}

/** Channels of a picture, and elements from one to the next; all else is one channel. */
function channelsOf(sample: readonly number[]): { axis: number | undefined; count: number; stride: number } {
  const image = sample.length === 3 ? imageLayout(sample) : undefined;
  if (!image) return { axis: undefined, count: 1, stride: 1 };
  const { planes, height, width, depth } = image;
  return depth > 1
    ? { axis: 2, count: depth, stride: 1 }
    : { axis: 0, count: planes, stride: height * width };
}

function isFine({ mean, deviation }: Statistics): boolean {
  return (
    mean.every((x) => Math.abs(x) <= FINE.mean) && deviation.every((x) => x >= FINE.least && x <= FINE.most)
  );
}
