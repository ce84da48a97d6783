// A training step of pare beside PyTorch's on the CPU: same net, first weights, batches, optimizer and threads.
// usage: node bench/training-speed.mjs [--blocked] [--processor] [NET…]      PARE_TORCH_PYTHON: a Python with torch and numpy, default python3
// --processor: processor time at one thread, which other load on the machine disturbs little.
// --blocked: pare on the engine's kernels for blocks of channels, instead of standard operators.
// Writes results/training-speed.md (-blocked, -one-thread) where all nets are run. Two processes make blocks of steps in turn: threads of two engines
// in one process would slow each other. What counts is the median of the rounds' ratios.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { places } from './quantize/places.mjs';
import { busySeconds, secondsOf } from './training/busy-time.mjs';
import { nets, settings } from './training/speed-nets.mjs';
import { Stepper } from './training/stepper.mjs';

const [ROUNDS, WARM_UP, PAUSE_MS] = [7, 3, 250];
/** Rounds in which others used more than this share of the processors do not count, and are made again so often. */
const [OTHERS, MOST_ROUNDS] = [0.08, Number(process.env.PARE_MOST_ROUNDS ?? 40)];
/** Steps whose losses are compared. */
const COMPARED = 5;
const { values, positionals } = parseArgs({
  options: {
    processor: { type: 'boolean', default: false },
    blocked: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const countsProcessor = values.processor;
const threads = countsProcessor ? 1 : settings.threads;
const python = process.env.PARE_TORCH_PYTHON ?? 'python3';
const starts = {
  pare: (folder) =>
    Stepper.start(join(places.project, 'node_modules/.bin/unrun'), [
      join(places.project, 'bench/training/pare-steps.ts'),
      folder,
    ]),
  torch: (folder) => Stepper.start(python, [join(places.peers, 'train_step.py'), folder]),
  'channels last': (folder) =>
    Stepper.start(python, [join(places.peers, 'train_step.py'), folder, '--channels-last']),
};

const start64 = (folder) => Stepper.start(python, [join(places.peers, 'train_step.py'), folder, '--double']);

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

async function measure(name) {
  const { aims, steps, hasMaps, ...net } = nets[name];
  const aim = aims[values.blocked ? 'blocked' : 'standard'];
  const folder = mkdtempSync(join(tmpdir(), 'pare-speed-'));
  writeFileSync(
    join(folder, 'request.json'),
    JSON.stringify({ ...net, ...settings, threads, countsProcessor, isBlocked: values.blocked }),
  );
  // pare is the first: it writes the weights and batches the others read.
  const steppers = {};
  for (const [who, start] of Object.entries(starts)) {
    if (who === 'channels last' && !hasMaps) continue;
    steppers[who] = await start(folder);
  }
  const first = await inTurn(steppers, COMPARED);
  const exact = await start64(folder);
  const { losses } = await exact.steps(COMPARED);
  await exact.end();
  const errorOf = (who) => first[who].losses.map((loss, i) => Math.abs(loss / losses[i] - 1));
  // Both compile and settle before anything counts.
  await inTurn(steppers, steps);
  const { rounds, others } = await quietRounds(steppers, WARM_UP + steps);
  for (const stepper of Object.values(steppers)) await stepper.end();
  rmSync(folder, { recursive: true });
  const times = (who) => rounds.map((round) => median(round[who].ms.slice(WARM_UP)));
  const ratios = (who) => {
    const [ours, theirs] = [times('pare'), times(who)];
    return ours.map((ms, i) => ms / theirs[i]).toSorted((a, b) => a - b);
  };
  const errors = { ours: errorOf('pare'), theirs: errorOf('torch') };
  const row = { name, net, aim, steps, errors, others, ratios: ratios('torch') };
  for (const who of Object.keys(steppers)) row[who] = median(times(who));
  if (steppers['channels last']) row.channelsLastRatio = median(ratios('channels last'));
  return row;
}

/** The quietest rounds, and the largest share of the processors that others used in one of them. */
async function quietRounds(steppers, steps) {
  const rounds = [];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const own = () => [process, ...Object.values(steppers)].reduce((sum, { pid }) => sum + secondsOf(pid), 0);
    const [started, busy, used] = [performance.now(), busySeconds(), own()];
    const results = await inTurn(steppers, steps);
    const seconds = ((performance.now() - started) / 1000) * cpus().length;
    rounds.push({ results, others: Math.max(0, (busySeconds() - busy - (own() - used)) / seconds) });
    if (rounds.filter(({ others }) => countsProcessor || others <= OTHERS).length >= ROUNDS) break;
  }
  const best = rounds.toSorted((a, b) => a.others - b.others).slice(0, ROUNDS);
  return { rounds: best.map(({ results }) => results), others: best.at(-1).others };
}

async function inTurn(steppers, steps) {
  const results = {};
  for (const [who, stepper] of Object.entries(steppers)) {
    results[who] = await stepper.steps(steps);
    await setTimeout(PAUSE_MS);
  }
  return results;
}

const row = (cells) => `| ${cells.join(' | ')} |`;
const ms = (value) => (value === undefined ? '–' : value.toFixed(value < 10 ? 2 : 1));

/** Of the first loss, and the largest. */
const differences = (errors) =>
  [errors[0], Math.max(...errors)].map((error) => error.toExponential(0)).join(', ');

function toCells({ net, aim, steps, errors, others, ratios, channelsLastRatio, ...times }) {
  const ratio = median(ratios);
  return [
    `${net.zoo}${net.options ? ` ${Object.values(net.options).join(' ')}` : ''}`,
    net.batch,
    steps,
    ms(times.pare),
    ms(times.torch),
    `**${ratio.toFixed(2)}** (${ratios[0].toFixed(2)}–${ratios.at(-1).toFixed(2)})`,
    countsProcessor ? '–' : verdict(ratio, aim[0]),
    ms(times['channels last']),
    channelsLastRatio === undefined ? '–' : channelsLastRatio.toFixed(2),
    countsProcessor || aim[1] === undefined ? '–' : verdict(channelsLastRatio, aim[1]),
    differences(errors.ours),
    differences(errors.theirs),
    `${(others * 100).toFixed(0)} %`,
  ];
}

const verdict = (ratio, aim) => `${aim} ${ratio <= aim ? 'met' : 'missed'}`;

const versionOf = (name) =>
  JSON.parse(readFileSync(join(places.project, 'node_modules', name, 'package.json'), 'utf8')).version;
const names = positionals.length > 0 ? positionals : Object.keys(nets);
const rows = [];
for (const name of names) {
  const measured = await measure(name);
  console.error(row(toCells(measured)));
  rows.push(measured);
}
const header = [
  'net',
  'batch',
  'steps',
  'pare ms',
  'torch ms',
  'pare / torch',
  'aim',
  'channels last ms',
  'ratio',
  'aim',
  'loss off',
  'torch loss off',
  'others',
];
const torch = execFileSync(python, ['-c', 'import torch; print(torch.__version__)'], {
  encoding: 'utf8',
}).trim();
const page = [
  '# A training step beside PyTorch',
  `Made by \`node bench/training-speed.mjs${values.blocked ? ' --blocked' : ''}\`. One step: forward pass, mean cross-entropy, gradients, SGD with momentum 0.9, the loss read; data feeding included. pare: its own \`Trainer\`, ${values.blocked ? "the engine's operators on blocks of channels where it can" : 'standard ONNX operators only'}. The same first weights and batches on both sides.`,
  `${cpus()[0].model.trim()}, ${cpus().length} cores, ${threads === 1 ? 'one thread each, processor time instead of time on the wall' : `${threads} threads each`}; node ${process.versions.node}, onnxruntime-node ${versionOf('onnxruntime-node')}, PyTorch ${torch}.`,
  [row(header), row(header.map(() => '---')), ...rows.map((one) => row(toCells(one)))].join('\n'),
  `Processes make blocks of so many steps (after ${WARM_UP} that do not count) in turn, ${ROUNDS} rounds; times are medians, the ratio is the median of the rounds' ratios, in brackets the smallest and largest. "Channels last": PyTorch with that memory format, which its users may choose. "Loss off": how far the losses of pare, and of PyTorch, are from those of PyTorch in float64, relative: the first, and the largest of the first ${COMPARED}. Where rounding moves an activation across a kink, later losses part; that is the net's nature, as PyTorch's own column shows. "Others": the largest share of the processors that other programs used in a round that counts.`,
  '',
].join('\n\n');
console.log(page);
if (names.length === Object.keys(nets).length) {
  mkdirSync(places.results, { recursive: true });
  writeFileSync(
    join(
      places.results,
      `training-speed${values.blocked ? '-blocked' : ''}${countsProcessor ? '-one-thread' : ''}.md`,
    ),
    page,
  );
}
