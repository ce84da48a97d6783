// Installs @huggingface/transformers into .cache/transformers-js, where the tests of --file-layout look for it, and runs them.
// It is no dependency of the project: it brings half a gigabyte of engines. usage: node bench/transformers-js.mjs
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const project = resolve(import.meta.dirname, '..');
const folder = resolve(project, '.cache/transformers-js');
const options = { cwd: folder, stdio: 'inherit', env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' } };

if (!existsSync(resolve(folder, 'node_modules/@huggingface/transformers'))) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(resolve(folder, 'package.json'), '{ "private": true }\n');
  execFileSync('npm', ['install', '@huggingface/transformers@4.3.1'], options);
}
execFileSync('npx', ['vitest', 'run', 'src/recipe/file-layouts'], { ...options, cwd: project });
