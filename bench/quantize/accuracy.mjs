import { contenders, depthwiseContenders } from './contenders.mjs';
import { part, sharedDataset } from './dataset.mjs';
import { judge } from './judge.mjs';
import { models } from './models.mjs';

export const SEEDS = [0, 1, 2];
const SAMPLES = 100;
const ROUNDS = 200;
const ALL = [0, 1];
const HALVES = [
  [0, 0.5],
  [0.5, 1],
];

/** Calibrated on 100 of all training images, judged on the test images: results by name, a list with one a seed. */
export async function judgeOnTest(name) {
  const { path, train, test } = models[name];
  const evaluation = await sharedDataset('evaluation', test);
  const runs = [];
  for (const seed of SEEDS) {
    const calibration = await sharedDataset('calibration', part(train, ALL, seed, SAMPLES));
    runs.push(judge(path, contenders, { calibration, evaluation }, { seed, rounds: ROUNDS }));
  }
  return byName(runs);
}

/**
 * Calibrated on 100 of one half and judged on the other, and the reverse; the seed chooses halves and samples. Results by
 * name, a list with one a seed: counts are sums over both halves, the rest is a list with one a half.
 */
export async function crossFit(name) {
  const { path, all } = models[name];
  const runs = [];
  for (const seed of SEEDS) {
    const halves = [];
    for (const [chosen, scored] of [HALVES, HALVES.toReversed()]) {
      const calibration = await sharedDataset('calibration', part(all, chosen, seed, SAMPLES));
      const evaluation = await sharedDataset('evaluation', part(all, scored, seed));
      halves.push(judge(path, depthwiseContenders, { calibration, evaluation }, { seed, rounds: ROUNDS }));
    }
    runs.push(sumOfHalves(byName(halves)));
  }
  return byName(runs);
}

function sumOfHalves(results) {
  const sum = (halves, key) => halves.reduce((total, half) => total + half[key], 0);
  const summed = Object.entries(results).map(([name, halves]) => {
    const [samples, correct, agree] = ['samples', 'correct', 'agree'].map((key) => sum(halves, key));
    return [name, { samples, correct, agree, bytes: Math.max(...halves.map(({ bytes }) => bytes)), halves }];
  });
  return Object.fromEntries(summed);
}

/** A list of records as a record of lists. */
function byName(runs) {
  return Object.fromEntries(Object.keys(runs[0]).map((name) => [name, runs.map((run) => run[name])]));
}
