import * as ort from 'onnxruntime-node';
import { inputsOf } from '../weights/inputs.mjs';

const SAMPLES = 8;
const options = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 };

/**
 * How far a model's float outputs are from the original's, by ONNX Runtime on seeded inputs: the largest difference over the
 * largest magnitude of that output, of the worst output and sample. Inputs the model no longer has are the original's alone.
 */
export async function largestDifference(original, model) {
  const reference = await ort.InferenceSession.create(original, options);
  const other = await ort.InferenceSession.create(model, options);
  let worst = 0;
  for (let seed = 1; seed <= SAMPLES; seed++) {
    const feeds = inputsOf(reference, ort, seed);
    const kept = Object.fromEntries(other.inputNames.map((name) => [name, feeds[name]]));
    const [expected, got] = [await reference.run(feeds), await other.run(kept)];
    for (const name of reference.outputNames)
      if (expected[name].type === 'float32')
        worst = Math.max(worst, relative(expected[name].data, got[name].data));
  }
  await reference.release();
  await other.release();
  return worst;
}

function relative(expected, got) {
  if (expected.length !== got.length) return Number.POSITIVE_INFINITY;
  let [largest, difference] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    // Written so that a NaN on one side counts.
    if (!(Math.abs(expected[i] - got[i]) <= difference)) difference = Math.abs(expected[i] - got[i]);
    largest = Math.max(largest, Math.abs(expected[i]));
  }
  if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
  return difference === 0 ? 0 : difference / largest;
}
