import { join } from 'node:path';
import { datasetFile } from './dataset.mjs';
import { models } from './models.mjs';
import { places } from './places.mjs';
import { pareCommand, runPeerScript } from './run.mjs';

/** Odd, for the medians. */
const RUNS = 9;

/** Where the peer's process finds the original files. */
const folders = {
  resnet20: places.cifarTrain,
  resnet8: places.cifarTrain,
  mobilenet: join(places.assets, 'imagenet-sample'),
};

/** Whole processes, each decoding its 100 samples itself from the original files: wall time and peak memory, by name. */
export function costOfProcesses(name) {
  const pare = (...flags) => pareProcess(name, 100, flags);
  const peer = (method) => peerProcess(name, method);
  return measure(RUNS, {
    'pare minmax': pare('--observer', 'minmax'),
    'pare minmax, no bias correction': pare('--observer', 'minmax', '--no-bias-correction'),
    'pare percentile': pare('--observer', 'percentile'),
    pare: pare(),
    'peer minmax': peer('minmax'),
    'peer percentile': peer('percentile'),
  });
}

/** Histogram observers on all 700 images, beside the peer on 100, which holds every activation in memory. */
export function costOfHistograms() {
  return measure(1, {
    'pare percentile, 700 images': pareProcess('mobilenet', 700, ['--observer', 'percentile']),
    'pare entropy, 700 images': pareProcess('mobilenet', 700, ['--observer', 'entropy']),
    'pare mse, 700 images': pareProcess('mobilenet', 700, ['--observer', 'mse']),
    'peer percentile, 100 images': peerProcess('mobilenet', 'percentile'),
    'peer entropy, 100 images': peerProcess('mobilenet', 'entropy'),
  });
}

function pareProcess(name, samples, flags) {
  const { path, train, all } = models[name];
  const data = datasetFile(`${name}-files`, train ?? all);
  const out = join(places.scratch, 'cost-pare.onnx');
  return pareCommand('quantize', path, '-o', out, '--data', data, '--samples', samples, '--quiet', ...flags);
}

function peerProcess(name, method) {
  const out = join(places.scratch, 'cost-peer.onnx');
  const source = ['--decode', name, '--data', folders[name]];
  const script = join(places.peers, 'quantize_peer.py');
  return [places.python, script, models[name].path, out, ...source, '--method', method];
}

function measure(runs, commands) {
  const costs = runPeerScript('measure.py', [], { runs, commands });
  return Object.fromEntries(
    Object.entries(costs).map(([name, { wallSeconds, cpuSeconds, peakBytes }]) => [
      name,
      { seconds: median(wallSeconds), cpuSeconds: median(cpuSeconds), runs: wallSeconds, peakBytes },
    ]),
  );
}

/** Ratio of two commands' wall times: the median of rounds, of which each ran both. */
export function wallRatio(ours, theirs) {
  return median(ours.runs.map((seconds, round) => seconds / theirs.runs[round]));
}

/** Of an odd number of values. */
function median(values) {
  return values.toSorted((a, b) => a - b)[(values.length - 1) / 2];
}
