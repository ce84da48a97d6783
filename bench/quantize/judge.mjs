import { join } from 'node:path';
import { quantizeWith } from './contenders.mjs';
import { places } from './places.mjs';
import { runPeerScript } from './run.mjs';

/**
 * Quantizes a model with every contender and judges all on the same samples in one process, latencies interleaved.
 * @param ways contenders by name; latencies are compared with `peer minmax`
 * @param sets `calibration` and `evaluation`, as `sharedDataset` gives them
 * @returns by name (`fp32` is the original): what score.py says, `kernels` of its convolutions, and pare's `warnings` and
 *   the layers it left in float by its own choice
 */
export function judge(model, ways, { calibration, evaluation }, { seed, rounds }) {
  const names = Object.keys(ways);
  const outs = names.map((name) => join(places.scratch, `${name.replaceAll(' ', '-')}.onnx`));
  const made = names.map((name, i) =>
    quantizeWith(ways[name], { model, out: outs[i], data: calibration, seed }),
  );
  const peer = 1 + names.indexOf('peer minmax');
  const paths = [model, ...outs];
  const scores = runPeerScript('score.py', [
    ...paths,
    ...['--arrays', evaluation.arrays, '--peer', peer, '--rounds', rounds],
  ]);
  const kernels = runPeerScript('conv_kernels.py', paths);
  return Object.fromEntries(
    ['fp32', ...names].map((name, i) => [
      name,
      { ...scores[i], kernels: kernels[i], ...(i > 0 && choicesOf(made[i - 1])) },
    ]),
  );
}

function choicesOf({ layers = [], warnings = [] }) {
  const chosen = layers.filter(({ reason }) => reason.startsWith('faster in float'));
  return {
    ...(chosen.length > 0 && { keptFloat: chosen.map(({ name }) => name) }),
    ...(warnings.length > 0 && { warnings: warnings.map(({ code, where }) => `${code}: ${where}`) }),
  };
}
