import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { places } from '../quantize/places.mjs';

const TIMEOUT_MS = 300_000;

/**
 * Runs the built command line in a process of its own. What it printed as JSON and its exit code; of a run that was stopped,
 * or printed no JSON, a report with an `error` that says so.
 */
export function pare(args) {
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [join(places.project, 'dist/cli.mjs'), ...args, '--json'],
    { cwd: places.project, encoding: 'utf8', timeout: TIMEOUT_MS, maxBuffer: 1 << 28 },
  );
  if (signal) return broken(status, 'stopped', `stopped by ${signal} after at most ${TIMEOUT_MS / 1000} s`);
  try {
    return { status, report: JSON.parse(stdout) };
  } catch (cause) {
    return broken(status, 'no-json', `${cause.message}: ${stderr.slice(-500)}`);
  }
}

function broken(status, code, message) {
  return { status, report: { error: { code, message } } };
}
