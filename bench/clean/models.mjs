import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { places } from '../quantize/places.mjs';

/** What open lengths are taken as, by axis; 2 where nothing is said. */
const lengths = {
  'espcn-x3': { 0: 1, 2: 24, 3: 32 },
  // One window of 512 samples with the 64 before it.
  'silero-vad-16k': { 0: 1, 1: 576 },
  'silero-vad-if': { 0: 1, 1: 576 },
};
/** The state of voice activity holds the batch on axis 1. */
const states = { state: { 1: 1 } };

/** Inputs that are no plain numbers around 0. */
const given = { sr: () => ({ dtype: 'int64', shape: [], data: BigInt64Array.of(16000n) }) };

export const modelFiles = readdirSync(join(places.assets, 'onnx'))
  .filter((name) => name.endsWith('.onnx'))
  .map((name) => ({ name: name.slice(0, -'.onnx'.length), path: join(places.assets, 'onnx', name) }));

/** Seeded numbers for every input; the state of streaming models is an input like others. */
export function feedsFor(name, { graph }) {
  const inputs = graph.inputs.filter((value) => !value.initializer);
  return Object.fromEntries(
    inputs.map((value) => [value.name, given[value.name]?.() ?? numbersFor(name, value)]),
  );
}

function numbersFor(model, { name, type }) {
  if (type.dtype !== 'float') throw new Error(`${model}: no numbers of type ${type.dtype} for ${name}`);
  const open = states[name] ?? lengths[model] ?? {};
  const shape = type.shape.map((n, axis) => (typeof n === 'number' ? n : (open[axis] ?? 2)));
  const count = shape.reduce((a, b) => a * b, 1);
  let state = 12345;
  const data = Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 2;
  });
  return { dtype: 'float', shape, data };
}
