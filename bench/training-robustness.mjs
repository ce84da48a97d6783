// Kills trainings with SIGKILL at random moments and goes on until they end: are the weights those of a training that was left
// alone? Trains twice with one seed: are the files the same? Watches the memory of a long training. Writes
// results/training-robustness.md.
// usage: npm run build && node bench/training-robustness.mjs [TRIALS]      default 10
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { places } from './quantize/places.mjs';

/** pare as it was built when this began: somebody may build meanwhile. */
const pare = join(places.project, '.cache', `training-dist-${process.pid}`);
cpSync(join(places.project, 'dist'), pare, { recursive: true });
process.on('exit', () => rmSync(pare, { recursive: true, force: true }));
const trials = Number(process.argv[2] ?? 10);
const scratch = mkdtempSync(join(tmpdir(), 'pare-robust-'));
const samples = 'synthetic:strokes?samples=3000&seed=1';
// Momentum, a running average, augmentation and validation: all that a checkpoint must hold or that depends on the step.
const net = [
  'lenet-5',
  '--data',
  samples,
  '--epochs',
  '6',
  '--augment',
  'affine,noise',
  '--average',
  '0.99',
  '--checkpoint-every',
  '0.3',
];
const long = [
  'mlp-784-128-10',
  '--data',
  'synthetic:strokes?samples=6400&seed=1',
  '--batch',
  '64',
  '--epochs',
  '53',
];

function start(args) {
  const child = spawn(process.execPath, [join(pare, 'cli.mjs'), 'train', ...args, '--quiet'], {
    cwd: places.project,
    stdio: 'inherit',
  });
  const end = new Promise((done) => child.once('exit', (code, signal) => done({ code, signal })));
  return { child, end };
}

const hashOf = (folder) =>
  createHash('sha256')
    .update(readFileSync(join(folder, 'model.onnx')))
    .digest('hex');

async function undisturbed(name) {
  const folder = join(scratch, name);
  const began = performance.now();
  const { code } = await start([...net, '-o', folder]).end;
  if (code !== 0) throw new Error(`training failed with ${code}`);
  return { hash: hashOf(folder), ms: performance.now() - began };
}

/** Kills at random moments, until the training comes to its end between two kills. */
async function killed(name, ms) {
  const folder = join(scratch, name);
  let kills = 0;
  for (;;) {
    const isBegun = existsSync(join(folder, 'checkpoints', 'last.safetensors'));
    const { child, end } = start([...net, '-o', folder, ...(isBegun ? ['--resume', folder] : [])]);
    const timer = setTimeout(() => child.kill('SIGKILL'), kills < 3 ? (0.3 + Math.random()) * ms : 2 ** 30);
    const { code, signal } = await end;
    clearTimeout(timer);
    if (signal === 'SIGKILL') kills++;
    else if (code === 0) return { hash: hashOf(folder), kills };
    else throw new Error(`going on failed with ${code}`);
  }
}

/** Resident memory at every tenth of a training, MB. */
async function memory() {
  const folder = join(scratch, 'long');
  const { child, end } = start([...long, '-o', folder]);
  const seen = [];
  const timer = setInterval(() => {
    const status = existsSync(`/proc/${child.pid}/status`)
      ? readFileSync(`/proc/${child.pid}/status`, 'utf8')
      : '';
    const found = /VmRSS:\s+(\d+)/.exec(status);
    if (found) seen.push(Number((Number(found[1]) / 1000).toFixed()));
  }, 100);
  await end;
  clearInterval(timer);
  const { training } = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
  return {
    steps: training.epochs.at(-1).step,
    tenths: Array.from({ length: 10 }, (_, i) => seen[Math.floor(((i + 0.9) * seen.length) / 10)]),
  };
}

try {
  const first = await undisturbed('first');
  const second = await undisturbed('second');
  const lines = [
    `Same seed twice: files ${first.hash === second.hash ? 'identical' : 'DIFFERENT'} (sha256 ${first.hash.slice(0, 12)}).`,
    '',
  ];
  let same = 0;
  let kills = 0;
  for (let trial = 0; trial < trials; trial++) {
    const outcome = await killed(`trial-${trial}`, first.ms * 0.6);
    kills += outcome.kills;
    if (outcome.hash === first.hash) same++;
  }
  lines.push(
    `Killed with SIGKILL at random moments (${kills} kills) and gone on with: ${same} of ${trials} ended with the same file.`,
    '',
  );
  const { steps, tenths } = await memory();
  lines.push(
    `Resident memory in ${steps.toLocaleString('en')} steps, at each tenth, MB: ${tenths.join(', ')}.`,
  );
  const head = [
    '# Trainings that are disturbed',
    '',
    `Made by \`node bench/training-robustness.mjs\`; ${cpus()[0].model}, two threads.`,
    '',
  ];
  writeFileSync(join(places.results, 'training-robustness.md'), `${[...head, ...lines].join('\n')}\n`);
  console.log(lines.join('\n'));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
