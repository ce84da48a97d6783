// Weight-only quantization and half precision of every model of the assets: bytes, SQNR of outputs, latency against fp32.
// usage: npm run build && node bench/weights.mjs [MODEL…]      PARE_ASSETS: the assets, default ../shared/assets
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { modelToBytes, quantize, readModel } from '../dist/index.mjs';
import { places } from './quantize/places.mjs';
import { inputsOf } from './weights/inputs.mjs';

const VARIANTS = {
  'int8 at rest': { mode: 'weights', weights: 'int8' },
  'int4 block:32': { mode: 'weights', weights: 'int4', granularity: 'block:32' },
  'float16 at rest': { mode: 'weights', weights: 'float16' },
  'float16 computed': { mode: 'weights', weights: 'float16', activations: 'float16' },
};
const SAMPLES = 8;
const ROUNDS = 60;
const folder = join(places.assets, 'onnx');
const wanted = process.argv.slice(2);

async function load(bytes) {
  return ort.InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
}

/** 10·log10 of the outputs' energy over that of the differences, all outputs and samples together. */
async function sqnrDb(reference, other) {
  let [signal, noise] = [0, 0];
  for (let seed = 1; seed <= SAMPLES; seed++) {
    const feeds = inputsOf(reference, ort, seed);
    const [expected, got] = [await reference.run(feeds), await other.run(feeds)];
    for (const [name, { type, data }] of Object.entries(expected)) {
      if (type !== 'float32') continue;
      for (let i = 0; i < data.length; i++) {
        signal += data[i] ** 2;
        noise += (data[i] - got[name].data[i]) ** 2;
      }
    }
  }
  return 10 * Math.log10(signal / noise);
}

/** Median over rounds of other / reference, run in turn. */
async function latencyRatio(reference, other) {
  const feeds = inputsOf(reference, ort, 1);
  const time = async (session) => {
    const started = performance.now();
    await session.run(feeds);
    return performance.now() - started;
  };
  const ratios = [];
  for (let round = -5; round < ROUNDS; round++) {
    const pair = round % 2 ? [reference, other] : [other, reference];
    const times = new Map();
    for (const session of pair) times.set(session, await time(session));
    if (round >= 0) ratios.push(times.get(other) / times.get(reference));
  }
  return ratios.sort((a, b) => a - b)[ROUNDS >> 1];
}

async function measure(path) {
  const model = await readModel(path);
  const reference = await load(await modelToBytes(model));
  const row = {};
  for (const [variant, options] of Object.entries(VARIANTS)) {
    const { model: result } = await quantize(model, options);
    const bytes = await modelToBytes(result);
    const session = await load(bytes);
    row[variant] = {
      bytes: bytes.length,
      sqnrDb: await sqnrDb(reference, session),
      ratio: await latencyRatio(reference, session),
    };
    await session.release();
  }
  await reference.release();
  await model.close();
  return row;
}

const names = readdirSync(folder).filter(
  (name) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
);
console.log(`| model | fp32 kB | ${Object.keys(VARIANTS).join(' | ')} |`);
console.log(`|---|---|${'---|'.repeat(Object.keys(VARIANTS).length)}`);
for (const name of names) {
  const path = join(folder, name);
  const cells = Object.values(await measure(path)).map(
    ({ bytes, sqnrDb: db, ratio }) =>
      `${(bytes / 1000).toFixed(0)} kB, ${db.toFixed(1)} dB, ${ratio.toFixed(2)}×`,
  );
  console.log(
    `| ${name.replace('.onnx', '')} | ${(statSync(path).size / 1000).toFixed(0)} | ${cells.join(' | ')} |`,
  );
}
