// Shrinks the example network with the built command and says where the report is. Run by `npm run demo`.
import { mkdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { run } from './run.mjs';

const root = resolve(import.meta.dirname, '..');
const cli = join(root, 'dist', 'cli.mjs');
const output = join(root, 'out', 'demo');
const original = join(root, 'examples', 'strokes', 'strokes-cnn.onnx');
const quantized = join(output, 'strokes-cnn.int8.onnx');
const report = join(output, 'report.html');

/** Drawn digits, made as they are read: one seed to find the ranges, others to choose by and to judge by. */
const data = {
  calibrate: 'synthetic:strokes?samples=1000&seed=1',
  select: 'synthetic:strokes?samples=1000&seed=2',
  test: 'synthetic:strokes?samples=2000&seed=3',
};

mkdirSync(output, { recursive: true });
pare('What is in the file', ['inspect', original]);
pare('Make it int8', [
  'quantize',
  original,
  '-o',
  quantized,
  '--data',
  data.calibrate,
  '--eval-data',
  data.select,
]);
pare('Compare both on samples neither has seen', [
  ...['evaluate', quantized, '--against', original, '--data', data.test, '--latency', '--report', report],
]);
console.log(`\nThe smaller model: ${relative(process.cwd(), quantized)}`);
console.log(`The report:        ${relative(process.cwd(), report)} (open it in a browser)`);

function pare(title, args) {
  console.log(`\n── ${title}\n$ pare ${args.map(shown).join(' ')}`);
  run(process.execPath, [cli, ...args], { shows: true });
}

function shown(argument) {
  const short = argument.startsWith(root) ? relative(process.cwd(), argument) : argument;
  return /[?&\s]/.test(short) ? `'${short}'` : short;
}
