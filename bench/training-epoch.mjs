// Seconds of an epoch of ResNet-20 on a fifth of CIFAR-10 through the built `pare train`, beside PyTorch's script of the same recipe, in turn.
// usage: npm run build && node bench/training-epoch.mjs      PARE_TORCH_PYTHON: a Python with torch and numpy, default python3
// Writes results/training-epoch.md. What counts is the median of the rounds' ratios; an epoch is half of what three take more than one.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { places } from './quantize/places.mjs';

const ROUNDS = 5;
const python = process.env.PARE_TORCH_PYTHON ?? 'python3';
const folder = mkdtempSync(join(tmpdir(), 'pare-epoch-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const run = (program, args) =>
  execFileSync(program, args, {
    cwd: places.project,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 2 ** 26,
  });

function pareSeconds(round, epochs) {
  const output = join(folder, `${round}-${epochs}`);
  const data = ['--data', 'bench/training/cifar10-train-part.yaml', '--validation', '0', '--keep', 'last'];
  const how = ['--epochs', String(epochs), '--optimizer', 'sgd:nesterov', '--threads', '2', '--json'];
  const report = run(process.execPath, ['dist/cli.mjs', 'train', 'resnet-20', ...data, ...how, '-o', output]);
  return JSON.parse(report).seconds;
}

const pare = (round) => (pareSeconds(round, 3) - pareSeconds(round, 1)) / 2;

function torch(layout) {
  const script = join(places.peers, 'train_resnet20.py');
  const files = ['.cache/cifar10', join(places.assets, 'cifar10/test_batch_first1000.bin.gz')];
  const lines = run(python, [script, ...files, '--epochs', '3', '--samples', '9800', ...layout]);
  const ends = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).seconds);
  return (ends[2] - ends[0]) / 2;
}

const sides = { pare, NCHW: () => torch([]), 'channels last': () => torch(['--channels-last']) };
const seconds = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round++)
  for (const [name, measure] of Object.entries(sides)) {
    seconds[name].push(measure(round));
    console.log(name, seconds[name].at(-1).toFixed(2));
  }
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const rows = Object.entries(seconds).map(([name, own]) => {
  const ratios = seconds.pare.map((of, round) => of / own[round]);
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map((ratio) => ratio.toFixed(2));
  return `| ${name === 'pare' ? name : `PyTorch, ${name}`} | ${median(own).toFixed(1)} | ${median(ratios).toFixed(2)} (${least}–${most}) |`;
});
writeFileSync(
  join(places.results, 'training-epoch.md'),
  [
    '# An epoch beside PyTorch',
    '',
    `Made by \`node bench/training-epoch.mjs\`: ResNet-20 on 9,800 images of CIFAR-10, batch 64, flips and cuts, SGD with Nesterov momentum, two threads; ${cpus()[0].model.trim()}. Loading, augmentation and the loss of each step included; half of what three epochs take more than one; ${ROUNDS} rounds in turn.`,
    '',
    '| | seconds, median | pare / it (smallest–largest of rounds) |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n'),
);
