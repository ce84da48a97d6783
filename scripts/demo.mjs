// Trains a small network on drawn digits, shrinks it and compares both, with the built command. Run by `npm run demo`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { run } from './run.mjs';

const root = resolve(import.meta.dirname, '..');
const cli = join(root, 'dist', 'cli.mjs');
const output = join(root, 'out', 'demo');
const original = join(output, 'lenet-5-caffe.onnx');
const quantized = join(output, 'lenet-5-caffe.int8.onnx');
const report = join(output, 'report.html');

mkdirSync(output, { recursive: true });
const training = drawnDigits('training', { samples: 16_000, seed: 3 });
const calibration = drawnDigits('calibration', { samples: 1000, seed: 1 });
const scoring = drawnDigits('scoring', { samples: 2000, seed: 2 });

pare('Train a network from scratch', [
  ...['train', 'lenet-5-caffe', '-o', original, '--data', training, '--eval-data', scoring, '--epochs', '5'],
]);
pare('What is in the file', ['inspect', original]);
pare('Make it int8: ranges from one set of samples, scores from another', [
  ...['quantize', original, '-o', quantized, '--data', calibration, '--eval-data', scoring],
]);
pare('Compare both, answers and speed', [
  ...['evaluate', quantized, '--against', original, '--data', scoring, '--latency', '--report', report],
]);
console.log(`\nThe smaller model: ${relative(process.cwd(), quantized)}`);
console.log(`The report:        ${relative(process.cwd(), report)} (open it in a browser)`);

/** A dataset file of digits drawn as they are read; the network was trained on ink from 0 to 1. */
function drawnDigits(name, { samples, seed }) {
  const path = join(output, `${name}.yaml`);
  const lines = ['kind: synthetic', 'set: strokes', `samples: ${samples}`, `seed: ${seed}`];
  writeFileSync(path, `${[...lines, `preprocess: { scale: ${1 / 255} }`].join('\n')}\n`);
  return path;
}

function pare(title, args) {
  console.log(`\n── ${title}\n$ pare ${args.map(shown).join(' ')}`);
  run(process.execPath, [cli, ...args], { shows: true });
}

function shown(argument) {
  const short = argument.startsWith(root) ? relative(process.cwd(), argument) : argument;
  return /\s/.test(short) ? `'${short}'` : short;
}
