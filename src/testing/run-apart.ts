import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import type { Tensor } from '../base/tensor.ts';

const TIMEOUT_MS = 20_000;

/** Loads and runs the model in `model.onnx` on `feeds.bin` of the folder it is started in; says how far it came. */
const PROGRAM = `
  import { readFileSync } from 'node:fs';
  import { deserialize } from 'node:v8';
  const ort = await import(process.argv[1]);
  const feeds = deserialize(readFileSync('feeds.bin'));
  const session = await ort.InferenceSession.create(readFileSync('model.onnx'));
  console.log('loaded');
  const names = { float: 'float32', double: 'float64' };
  const tensors = feeds.map(([name, type, data, dims]) => [name, new ort.Tensor(names[type] ?? type, data, dims)]);
  await session.run(Object.fromEntries(tensors));
  console.log('ran');
`;

/**
 * Runs a model in a process of its own, which may die of it; outputs are not handed back. `code` of what it returns says
 * how far it came: `engine-refused-model`, `run-failed`, `ran` or `died` (a signal, or longer than 20 s).
 */
export async function runApart(
  model: Uint8Array,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<{ kind: 'failed'; code: string; message: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'pare-apart-'));
  try {
    const list = Object.entries(feeds).map(([name, { dtype, shape, data }]) => [name, dtype, data, shape]);
    await writeFile(join(folder, 'model.onnx'), model);
    await writeFile(join(folder, 'feeds.bin'), serialize(list));
    const { isKilled, stdout, stderr } = await runProgram(folder);
    const code = isKilled
      ? 'died'
      : stdout.includes('ran')
        ? 'ran'
        : stdout.includes('loaded')
          ? 'run-failed'
          : 'engine-refused-model';
    return { kind: 'failed', code, message: stderr };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function runProgram(folder: string): Promise<{ isKilled: boolean; stdout: string; stderr: string }> {
  const engine = import.meta.resolve('onnxruntime-node');
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, engine], {
    cwd: folder,
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (_, signal) => resolve({ isKilled: signal !== null, stdout, stderr }));
  });
}
