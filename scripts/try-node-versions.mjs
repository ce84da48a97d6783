// Runs the built command on the Node.js versions pare supports, from the npm package `node`, and prints a table.
// Run `npm run build` first. usage: node scripts/try-node-versions.mjs [VERSION]…      default: 22 24
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { run } from './run.mjs';

const root = resolve(import.meta.dirname, '..');
const cli = join(root, 'dist', 'cli.mjs');
const model = join(root, 'examples', 'strokes', 'strokes-cnn.onnx');
const versions = process.argv.length > 2 ? process.argv.slice(2) : ['22', '24'];

const folder = mkdtempSync(join(tmpdir(), 'pare-node-'));
try {
  const rows = [{ program: process.execPath, name: 'this' }, ...versions.map(fetchNode)].map(tryNode);
  console.table(rows);
  if (rows.some(({ quantize }) => quantize.startsWith('failed'))) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The package `node` brings its program in a package of the platform and links it by its install script. */
function fetchNode(version) {
  const prefix = join(folder, version);
  mkdirSync(prefix);
  writeFileSync(join(prefix, 'package.json'), '{ "private": true }');
  run(
    'npm',
    ['install', '--no-audit', '--no-fund', '--no-progress', '--ignore-scripts=false', `node@${version}`],
    {
      cwd: prefix,
    },
  );
  return { program: join(prefix, 'node_modules', 'node', 'bin', 'node'), name: version };
}

function tryNode({ program, name }) {
  const output = join(folder, `${name}.onnx`);
  const data = ['--data', 'synthetic:strokes?samples=100&seed=1'];
  return {
    wanted: name,
    node: run(program, ['--version']).trim(),
    help: outcome(() => run(program, [cli, '--help'])),
    inspect: outcome(() => JSON.parse(run(program, [cli, 'inspect', model, '--json']))),
    quantize: outcome(() => {
      run(program, [cli, 'quantize', model, '-o', output, ...data, '--quiet']);
      return `${statSync(output).size} bytes`;
    }),
  };
}

function outcome(action) {
  try {
    const result = action();
    return typeof result === 'string' && result.endsWith(' bytes') ? result : 'works';
  } catch (error) {
    return `failed: ${error.message.split('\n')[0]}`;
  }
}
