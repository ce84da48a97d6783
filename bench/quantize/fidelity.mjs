import { join } from 'node:path';
import { contenders, quantizeWith } from './contenders.mjs';
import { part, sharedDataset } from './dataset.mjs';
import { models } from './models.mjs';
import { places } from './places.mjs';
import { runPare } from './run.mjs';

const SEED = 0;
const SAMPLES = 100;
const IMAGES = 50;

/** Models of old opsets: the peer's per-channel scheme does not get through them, so it has its other one as well. */
const ways = {
  ...contenders,
  'pare keep-fastest': { side: 'pare', flags: ['--keep-fastest'] },
  'peer minmax, per tensor': { side: 'peer', flags: ['--method', 'minmax', '--per-tensor'] },
};

/** mnist-cnn: calibrated on 100 training images, judged on the 10,000 test images. */
export async function mnist() {
  const { train, test } = models.mnist;
  return compareOutputs('mnist', part(train, [0, 1], SEED, SAMPLES), test);
}

/** ultraface has no labels: calibrated on 100 images of one half, outputs compared on 50 of the other. */
export async function ultraface() {
  const { all } = models.ultraface;
  return compareOutputs('ultraface', part(all, [0, 0.5], SEED, SAMPLES), part(all, [0.5, 1], SEED, IMAGES));
}

/** What `pare evaluate` says of each contender's file against the original, by name. */
async function compareOutputs(name, calibrationContent, evaluationContent) {
  const { path } = models[name];
  const data = await sharedDataset('calibration', calibrationContent);
  const evaluation = await sharedDataset('evaluation', evaluationContent);
  const results = {};
  for (const [contender, way] of Object.entries(ways)) {
    try {
      const out = join(places.scratch, `${name}.onnx`);
      quantizeWith(way, { model: path, out, data, seed: SEED });
      const report = runPare('evaluate', out, '--against', path, '--data', evaluation.file);
      results.fp32 ??= outcome(report.before, {});
      results[contender] = outcome(report.after, report.comparison);
    } catch (error) {
      // Not every model can be quantized by every contender, and that is a result.
      results[contender] = { failure: error.message };
    }
  }
  return results;
}

function outcome({ samples, metrics, latencyMs, bytes }, { agreement, sqnrDb, cosine, speedup }) {
  return {
    samples,
    bytes,
    ...(metrics?.top1 !== undefined && { top1: metrics.top1, agreement }),
    sqnrDb,
    cosine,
    latencyMs: latencyMs?.median,
    speedup,
  };
}
