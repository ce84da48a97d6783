// Packs pare, installs it in an empty folder as a user would and uses it there: the command, the library, its types.
// Run `npm run build` first.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { run } from './run.mjs';

const root = resolve(import.meta.dirname, '..');
const model = join(root, 'examples', 'strokes', 'strokes-cnn.onnx');
const folder = mkdtempSync(join(tmpdir(), 'pare-package-'));
try {
  const tarball = pack(folder);
  checkTarball(tarball);
  const user = install(tarball.path);
  checkCommand(user);
  checkLibrary(user);
  checkTypes(user);
  console.log('Package check: all good.');
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function pack(destination) {
  const [{ filename, size, files }] = JSON.parse(
    run('npm', ['pack', '--json', '--pack-destination', destination], { cwd: root }),
  );
  const names = files.map(({ path }) => path);
  console.log(`Packed ${filename}: ${names.length} files, ${Math.ceil(size / 1000)} kB.`);
  return { path: join(destination, filename), names };
}

/** Only built files, the notes and the manifest; publint judges the manifest. */
function checkTarball({ path, names }) {
  const allowed = /^(dist\/[\w.-]+\.(mjs|d\.mts)|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/;
  const extra = names.filter((name) => !allowed.test(name));
  expect(extra.length === 0, `the package holds files it should not: ${extra.join(', ')}`);
  for (const name of [
    'dist/index.mjs',
    'dist/index.d.mts',
    'dist/cli.mjs',
    'dist/engine-process.mjs',
    'README.md',
    'LICENSE',
  ])
    expect(names.includes(name), `the package lacks ${name}`);
  run(process.execPath, [join(root, 'node_modules/publint/src/cli.js'), path, '--strict'], { shows: true });
}

function install(tarball) {
  const user = join(folder, 'user');
  mkdirSync(user);
  writeFileSync(join(user, 'package.json'), JSON.stringify({ name: 'user', private: true, type: 'module' }));
  run('npm', ['install', '--no-audit', '--no-fund', '--no-progress', tarball], {
    cwd: user,
    env: { ONNXRUNTIME_NODE_INSTALL: 'skip' },
    shows: true,
  });
  return user;
}

function checkCommand(user) {
  const help = run('npx', ['pare', '--help'], { cwd: user });
  for (const command of ['inspect', 'clean', 'evaluate', 'quantize', 'dequantize'])
    expect(help.includes(command), `\`pare --help\` does not name ${command}`);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const printed = run('npx', ['pare', '--version'], { cwd: user }).trim();
  expect(printed.includes(version), `\`pare --version\` prints ${printed} instead of ${version}`);
  const report = JSON.parse(run('npx', ['pare', 'inspect', model, '--json'], { cwd: user }));
  expect(report.parameters > 0, `\`pare inspect --json\` counts ${report.parameters} parameters`);
}

function checkLibrary(user) {
  const script = join(user, 'use.mjs');
  writeFileSync(
    script,
    `import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { quantize, readModel } from 'pare';
assert.equal(typeof quantize, 'function');
const model = await readModel(await readFile(${JSON.stringify(model)}));
assert.ok(model.graph.nodes.size > 0);
await model.close();
`,
  );
  run(process.execPath, [script], { cwd: user });
}

function checkTypes(user) {
  writeFileSync(
    join(user, 'use.ts'),
    `import { quantize, readModel } from 'pare';

export async function countNodes(bytes: Uint8Array): Promise<number> {
  const model = await readModel(bytes);
  return model.graph.nodes.size;
}

export const options: Parameters<typeof quantize> | undefined = undefined;
// @ts-expect-error: types are not \`any\`, so a number is no model.
void readModel(1);
`,
  );
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const flags = ['--noEmit', '--strict', '--target', 'es2023', '--module', 'nodenext'];
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules', '@types')];
  run(process.execPath, [tsc, ...flags, '--moduleResolution', 'nodenext', ...types, 'use.ts'], {
    cwd: user,
    shows: true,
  });
}

function expect(isTrue, otherwise) {
  if (!isTrue) throw new Error(`Package check: ${otherwise}.`);
}
