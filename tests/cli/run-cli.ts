import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
/** The built command; `npm test` builds it first. */
const cli = resolve(root, process.env.PARE_CLI ?? 'dist/cli.mjs');

export const strokes = join(root, 'examples/strokes/strokes-cnn.onnx');
export const calibration = ['--data', join(root, 'examples/strokes/calibrate.yaml'), '--samples', '10'];

export interface Outcome {
  /** The exit code; undefined when a signal ended the process. */
  code: number | undefined;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Gets the process and what it has written to standard error so far, whenever it writes there. */
  onStderr?: (child: ChildProcess, text: string) => void;
}

/** Runs pare in a process of its own, without a terminal. */
export function runCli(args: readonly string[], { cwd, env, onStderr }: RunOptions = {}): Promise<Outcome> {
  if (!existsSync(cli)) throw new Error(`${cli} is not there: run "npm run build" first`);
  const child = spawn(process.execPath, [cli, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', ...env },
  });
  const outcome: Outcome = { code: undefined, stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    outcome.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    outcome.stderr += text;
    onStderr?.(child, outcome.stderr);
  });
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done({ ...outcome, code: code ?? undefined }));
  });
}
