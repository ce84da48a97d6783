// `pare train --data-parallel 2`: a step shared out between two processes beside the same in one with two threads.
// usage: npm run build && node bench/data-parallel.mjs [NET…]      writes results/data-parallel.md where all nets are run
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { places } from './quantize/places.mjs';
import { nets } from './training/speed-nets.mjs';

function compare(name) {
  const { aims: _, hasMaps: __, ...net } = nets[name];
  const program = join(places.project, 'bench/training/compare-parallel.ts');
  const engine = join(places.project, 'dist/engine-process.mjs');
  const output = execFileSync('npx', ['unrun', program, JSON.stringify(net), engine], {
    cwd: places.project,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { one, parallel, ratios } = JSON.parse(output);
  const range = `${ratios[0].toFixed(2)}–${ratios.at(-1).toFixed(2)}`;
  const row = [
    net.zoo,
    net.batch,
    one.toFixed(1),
    parallel.toFixed(1),
    `**${ratios[ratios.length >> 1].toFixed(2)}** (${range})`,
  ];
  console.log(row.join('  '));
  return row;
}

const names = process.argv.slice(2);
const rows = (names.length > 0 ? names : Object.keys(nets)).map(compare);
const line = (cells) => `| ${cells.join(' | ')} |`;
const head = ['net', 'batch', 'one engine, 2 threads, ms', 'two processes, ms', 'ratio'];
if (names.length === 0)
  writeFileSync(
    join(places.results, 'data-parallel.md'),
    `# A step shared out between two processes

Made by \`node bench/data-parallel.mjs\`, ${cpus()[0].model.trim()}, ${cpus().length} cores: blocks of steps in turn, the median of rounds and their ratios, in
brackets the smallest and largest. Both on the engine's kernels for blocks of channels.

${line(head)}
${line(head.map(() => '---'))}
${rows.map(line).join('\n')}
`,
  );
