// The two back ends of a training step beside each other: losses of standard operators and of the engine's kernels for blocks of
// channels over 50 steps, same first weights and batches.
// usage: node bench/backends.mjs [NET…]      writes results/backends.md where all nets are run
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { places } from './quantize/places.mjs';

const STEPS = 50;
/** A rate at which training goes on smoothly: where it is rough, rounding alone makes two runs of any engine part. */
const nets = {
  'lenet-5-caffe': { batch: 64, shape: [1, 28, 28], rate: 0.001 },
  'two-conv': { batch: 32, shape: [1, 28, 28], rate: 0.01 },
  'resnet-8': { batch: 32, shape: [3, 32, 32], rate: 0.001 },
  'resnet-20': { batch: 32, shape: [3, 32, 32], rate: 0.0001 },
  'resnet-32': { batch: 32, shape: [3, 32, 32], rate: 0.0001 },
  'resnet-18': { batch: 16, shape: [3, 32, 32], rate: 0.001 },
  'ds-cnn': { batch: 32, shape: [1, 49, 10], rate: 0.001 },
  'mobilenet-v1': { batch: 32, shape: [3, 96, 96], options: { width: 0.25, resolution: 96 }, rate: 0.001 },
  'mobilenet-v2': { batch: 32, shape: [3, 96, 96], options: { width: 0.35, resolution: 96 }, rate: 0.001 },
};

function compare(name) {
  const { rate, ...net } = nets[name];
  const request = JSON.stringify({ zoo: name, ...net });
  const program = join(places.project, 'bench/training/compare-backends.ts');
  const output = execFileSync('npx', ['unrun', program, request, String(STEPS), String(rate)], {
    cwd: places.project,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { apart, own, last } = JSON.parse(output);
  const largest = (values, n) => Math.max(...values.slice(0, n)).toExponential(0);
  const row = [
    name,
    net.batch,
    rate,
    ...[1, 10, STEPS].map((n) => largest(apart, n)),
    largest(own, STEPS),
    last.toFixed(3),
  ];
  console.log(row.join('  '));
  return row;
}

const names = process.argv.slice(2);
const rows = (names.length > 0 ? names : Object.keys(nets)).map(compare);
const line = (cells) => `| ${cells.join(' | ')} |`;
const head = ['net', 'batch', 'rate', 'first step', '10 steps', `${STEPS} steps`, 'last bit', 'last loss'];
if (names.length === 0)
  writeFileSync(
    join(places.results, 'backends.md'),
    `# Losses of the two back ends

Made by \`node bench/backends.mjs\`: the largest relative distance between the losses of standard operators and of the engine's
kernels for blocks of channels, over the first steps. SGD with momentum 0.9; random images whose classes can be told. "Last bit": the same
between standard operators and themselves, where each first weight is off by its last bit: what rounding alone does to the net in ${STEPS} steps.

${line(head)}
${line(head.map(() => '---'))}
${rows.map(line).join('\n')}
`,
  );
