// Cleans every model of the assets and two generated graphs of 20,000 nodes with the built command line, compares the
// outputs before and after on the engine, and writes results/clean.md.
// usage: npm run build && node bench/clean.mjs      PARE_ASSETS: the assets, default ../shared/assets beside the project
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { blocks, elementwise } from './clean/generated.mjs';
import { feedsFor, modelFiles } from './clean/models.mjs';
import { places } from './quantize/places.mjs';

const NODES = 20_000;
/** Runs of each generated graph; the fastest counts, as others may use the machine. */
const RUNS = 5;
const generated = { blocks, elementwise };
/** Uses that decide what a model leaves open. */
const uses = {
  'silero-vad-if': ['--fix', 'sr=16000', '--shape', 'input=1,576', '--shape', 'state=2,1,128'],
  'silero-vad-16k': ['--fix', 'sr=16000', '--shape', 'batch=1', '--shape', 'sequence=576'],
};

const { ortNode, readModel } = await import(join(places.project, 'dist/index.mjs'));
const runner = await ortNode();
const scratch = mkdtempSync(join(tmpdir(), 'pare-clean-'));

/** Runs `pare clean`; its report, with seconds of the whole process and of processor time. */
function clean(path, output, flags = []) {
  const script = join(places.project, 'dist/cli.mjs');
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(
    '/usr/bin/env',
    [
      'bash',
      '-c',
      'TIMEFORMAT="%U %S"; time "$@"',
      'bash',
      process.execPath,
      script,
      'clean',
      path,
      '-o',
      output,
      '--json',
      '--quiet',
      ...flags,
    ],
    { encoding: 'utf8', maxBuffer: 2 ** 26 },
  );
  const seconds = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`${path}: ${stdout}${stderr}`);
  const [user, system] = stderr.trim().split('\n').at(-1).split(' ').map(Number);
  return { ...JSON.parse(stdout), wholeSeconds: seconds, processorSeconds: user + system };
}

async function outputsOf(path, feeds) {
  const session = await runner.load(new Uint8Array(readFileSync(path)));
  try {
    return await session.run(Object.fromEntries(session.inputNames.map((name) => [name, feeds[name]])));
  } finally {
    await session.close();
  }
}

/** Largest difference, relative to the largest magnitude of each output. */
function difference(before, after) {
  if (Object.keys(before).join() !== Object.keys(after).join()) throw new Error('other outputs');
  const relative = Object.entries(before).map(([name, { data, shape }]) => {
    if (shape.join() !== after[name].shape.join()) throw new Error(`${name} has another shape`);
    let [largest, scale] = [0, 1e-30];
    for (const [i, x] of data.entries()) {
      scale = Math.max(scale, Math.abs(Number(x)));
      largest = Math.max(largest, Math.abs(Number(x) - Number(after[name].data[i])));
    }
    return largest / scale;
  });
  return Math.max(...relative);
}

async function cleanModel({ name, path }, flags = []) {
  const output = join(scratch, `${name}.onnx`);
  const report = clean(path, output, flags);
  const model = await readModel(path);
  const feeds = feedsFor(name, model);
  await model.close();
  const error = difference(await outputsOf(path, feeds), await outputsOf(output, feeds));
  const { cleaning, input } = report;
  return [
    [name, ...flags.filter((word) => !word.startsWith('--'))].join(' '),
    cleaning.nodes.before,
    cleaning.nodes.after,
    kB(input.bytes),
    kB(report.output.bytes),
    error.toExponential(1),
  ];
}

function cleanGenerated(name) {
  const path = join(scratch, `${name}-in.onnx`);
  const { bytes } = generated[name](NODES);
  writeFileSync(path, bytes);
  const runs = Array.from({ length: RUNS }, () => clean(path, join(scratch, `${name}.onnx`)));
  const best = (key) => Math.min(...runs.map((run) => run[key]));
  const [{ cleaning, input, output }] = runs;
  return [
    name,
    cleaning.nodes.before,
    cleaning.nodes.after,
    kB(input.bytes),
    kB(output.bytes),
    best('wholeSeconds').toFixed(2),
    best('processorSeconds').toFixed(2),
    `${Math.ceil(best('peakBytes') / 1e6)} MB`,
  ];
}

const kB = (bytes) => (bytes / 1000).toFixed(0);
const row = (cells) => `| ${cells.join(' | ')} |`;
const table = (header, rows) => [row(header), row(header.map(() => '---')), ...rows.map(row)].join('\n');

const models = [];
for (const file of modelFiles) {
  models.push(await cleanModel(file));
  if (uses[file.name]) models.push(await cleanModel(file, uses[file.name]));
}
const load = loadavg()[0].toFixed(1);
const large = Object.keys(generated).map(cleanGenerated);
rmSync(scratch, { recursive: true });
const page = [
  '# What `pare clean` does',
  'Made by `npm run build && node bench/clean.mjs`. Nodes count those of branches and loop bodies; differences are relative to the largest magnitude of each output, on seeded inputs, ONNX Runtime before against after.',
  table(['model', 'nodes', 'cleaned', 'kB', 'cleaned kB', 'largest difference'], models),
  `Generated graphs: whole processes, start, reading and writing included; the fastest of ${RUNS}. ${cpus()[0].model.trim()}, ${cpus().length} cores, load ${load} (others were using the machine where that is above 1).`,
  table(
    ['graph', 'nodes', 'cleaned', 'kB', 'cleaned kB', 'seconds', 'processor seconds', 'peak memory'],
    large,
  ),
  '',
].join('\n\n');
console.log(page);
mkdirSync(places.results, { recursive: true });
writeFileSync(join(places.results, 'clean.md.partial'), page);
renameSync(join(places.results, 'clean.md.partial'), join(places.results, 'clean.md'));
