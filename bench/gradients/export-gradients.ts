/**
 * Writes a known network with a random batch and pare's gradients of the mean cross-entropy, for `peers/gradients.py`.
 * Batch normalization takes the batch's statistics; Dropout lets everything through.
 *
 *     npx unrun bench/gradients/export-gradients.ts <folder> <network> <batch> <options as JSON> <standard | blocked>
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { differentiate } from '../../src/autodiff/differentiate.ts';
import { Rng } from '../../src/base/rng.ts';
import type { Tensor } from '../../src/base/tensor.ts';
import { blockSize } from '../../src/blocked/block-size.ts';
import { lowerToBlocked } from '../../src/blocked/lower-to-blocked.ts';
import { nchwcDomain } from '../../src/blocked/nchwc.ts';
import { zoo } from '../../src/nn/zoo/index.generated.ts';
import { cloneModel } from '../../src/onnx/clone-model.ts';
import type { Model } from '../../src/onnx/ir/model.ts';
import { readTensorSource } from '../../src/onnx/ir/read-tensor-source.ts';
import { Value } from '../../src/onnx/ir/value.ts';
import { modelToBytes } from '../../src/onnx/write/write-model.ts';
import { toDifferentiableForm } from '../../src/ops/differentiable-form.ts';
import { expandComposites } from '../../src/ops/gradients/composites.ts';
import { GraphWriter } from '../../src/ops/graph-writer.ts';
import { inferTypes } from '../../src/ops/infer-types.ts';
import { readSmallConstants } from '../../src/ops/small-constants.ts';
import { toTrainingForm } from '../../src/ops/training-form.ts';
import { ortNode } from '../../src/runtime/ort-node.ts';
import { elementCount } from '../../src/tensor/element-count.ts';
import { trainableValues } from '../../src/train/trainable-values.ts';

const [folder, name, batchText, options, backend] = process.argv.slice(-5);
const batch = Number(batchText);
// The folder's caller names one of them.
const net = zoo[name as keyof typeof zoo];
const model: Model = net.build(net.options.parse(JSON.parse(options)) as never, 1);
const rng = new Rng(Number(process.env.PARE_SEED ?? 3));

for (const value of model.graph.inputs)
  if (value.type?.kind === 'tensor' && value.type.shape)
    value.type = { ...value.type, shape: value.type.shape.map((n) => (typeof n === 'number' ? n : batch)) };

const types = await inferTypes(model);
const shapeOf = (value: Value) => types.get(value)!.shape as readonly number[];
const [input] = model.graph.inputs;
const [prediction] = model.graph.outputs;
const scores = shapeOf(prediction);
const feed = randomInput(input);
const classes = scores.at(-1)!;
const target = integers(scores.slice(0, -1), classes);

const runner = await ortNode();
const block = backend === 'blocked' ? await blockSize(runner) : undefined;
const { model: graphModel, names, held } = await withGradients(model);
const session = await runner.load(await modelToBytes(graphModel), { threads: 2 });
const results = await session.run({ [input.name]: feed, target, ...held });
await session.close();

mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'model.onnx'), await modelToBytes(model));
const outputs = graphModel.graph.outputs.map((value) => value.name);
const files = outputs.map((output, i) => {
  writeFileSync(join(folder, `${i}.f32`), bytesOf(results[output]));
  return { name: i === 0 ? 'loss' : names[i - 1], shape: results[output].shape };
});
const data = { input: described(feed), target: described(target) };
writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ name, input: input.name, data, files }));
process.exit(0);

/**
 * The model with the loss and the gradients of its parameters as outputs. Parameters and running statistics are inputs, as in
 * training: the engine's optimizer makes wrong results of normalization in training form whose statistics are constants.
 */
async function withGradients(
  original: Model,
): Promise<{ model: Model; names: string[]; held: Record<string, Tensor> }> {
  const copy = cloneModel(original);
  const { graph } = copy;
  const own = await inferTypes(copy);
  const parameters = trainableValues(graph);
  const shapes = (value: Value) => own.get(value)!.shape as readonly number[];
  for (const node of [...graph.nodes]) {
    if (node.opType === 'BatchNormalization') toTrainingForm(node, shapes);
    else toDifferentiableForm(node, shapes);
  }
  const statistics = [...graph.nodes].flatMap(({ opType, inputs }) =>
    opType === 'BatchNormalization' ? [inputs[3]!, inputs[4]!] : [],
  );
  const held: Record<string, Tensor> = {};
  for (const value of [...parameters, ...statistics]) {
    held[value.name] = await readTensorSource(value.initializer!);
    graph.removeInitializer(value);
    value.initializer = undefined;
    graph.inputs.push(value);
  }
  const write = new GraphWriter(graph);
  const [logits] = graph.outputs;
  const labels = new Value('target', { kind: 'tensor', dtype: 'int64', shape: target.shape });
  graph.inputs.push(labels);
  const rows = elementCount(scores.slice(0, -1));
  const loss = write.op('SoftmaxCrossEntropyLoss', [
    write.reshape(logits, [rows, classes]),
    write.reshape(labels, [rows]),
  ]);
  const facts = { types: await inferTypes(copy), constants: await readSmallConstants(graph) };
  const gradients = differentiate(graph, loss, parameters, facts, { keepsComposites: true });
  const kept = [loss, ...gradients.values()];
  if (block === undefined) expandComposites(graph, new Set(kept));
  else {
    const all = { types: await inferTypes(copy), constants: await readSmallConstants(graph) };
    lowerToBlocked(graph, { ...all, block, gradients: new Map(), kept });
    copy.opsetImports.set(nchwcDomain, 1);
  }
  graph.outputs = [loss, ...gradients.values()].map((value) => write.op('Identity', [value]));
  graph.sort();
  return { model: copy, names: [...gradients.keys()].map((value) => value.name), held };
}

function randomInput({ type }: Value): Tensor {
  if (type?.kind !== 'tensor') throw new Error('no tensor');
  const shape = type.shape as readonly number[];
  if (type.dtype === 'int64') return integers(shape, 50);
  return {
    dtype: 'float',
    shape,
    data: Float32Array.from({ length: elementCount(shape) }, () => rng.normal()),
  };
}

function integers(shape: readonly number[], below: number): Tensor {
  const data = BigInt64Array.from({ length: elementCount(shape) }, () => BigInt(rng.below(below)));
  return { dtype: 'int64', shape, data };
}

function described({ dtype, shape, data }: Tensor) {
  return { dtype, shape, values: Array.from<unknown, number>(data, Number) };
}

function bytesOf({ data }: Tensor): Uint8Array {
  // Results are float32.
  const { buffer, byteOffset, byteLength } = data as Float32Array;
  return new Uint8Array(buffer, byteOffset, byteLength);
}
