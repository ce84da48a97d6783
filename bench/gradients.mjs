// Gradients of pare beside PyTorch's: same networks, weights and batch.
// usage: PARE_TORCH_PYTHON=… node bench/gradients.mjs [--blocked] [NAME…]
// Writes results/gradients.md (gradients-blocked.md: on the engine's kernels for blocks of channels) where all networks are run.
// PARE_TORCH_PYTHON: a Python with torch, onnx and numpy (peers/README.md).
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { blockedNetworks, networks } from './gradients/networks.mjs';
import { spread, toMarkdown } from './gradients/to-markdown.mjs';
import { places } from './quantize/places.mjs';

const python = process.env.PARE_TORCH_PYTHON ?? places.python;
const scratch = join(places.project, '.cache/gradients');
const program = join(places.project, 'bench/gradients/export-gradients.ts');

function run(command, args, seed) {
  return execFileSync(command, args, {
    cwd: places.project,
    env: { ...process.env, PARE_SEED: String(seed) },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/**
 * Rounding across a kink is a matter of chance, which strikes pare and PyTorch in turn: of several batches the smallest error is one
 * without a kink crossed, the geometric mean tells how often and how much.
 */
function compare(name) {
  const { batch, options = {} } = chosen[name];
  const folder = join(scratch, name);
  const runs = seeds.map((seed) => {
    const request = [folder, name, String(batch), JSON.stringify(options), backend];
    run('npx', ['unrun', program, ...request], seed);
    return JSON.parse(run(python, [join(places.peers, 'gradients.py'), folder], seed));
  });
  const result = { ...runs[0], batch, runs };
  console.log(
    name,
    ...['pare', 'torch'].map((who) => `${who} ${spread(runs.map((each) => each[who].worst))}`),
  );
  return result;
}

const isBlocked = process.argv.includes('--blocked');
const backend = isBlocked ? 'blocked' : 'standard';
const seeds = isBlocked ? [1, 2, 3, 4, 5, 6, 7, 8] : [3];
const chosen = isBlocked ? blockedNetworks : networks;
const names = process.argv.slice(2).filter((argument) => argument !== '--blocked');
rmSync(scratch, { recursive: true, force: true });
const results = (names.length > 0 ? names : Object.keys(chosen)).map(compare);
if (names.length === 0) {
  const torch = run(python, ['-c', 'import torch; print(torch.__version__)'], 0).trim();
  writeFileSync(
    join(places.results, `gradients${isBlocked ? '-blocked' : ''}.md`),
    toMarkdown(results, torch, seeds.length),
  );
}
