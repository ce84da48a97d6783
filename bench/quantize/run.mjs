import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { places } from './places.mjs';

const MAX_OUTPUT_BYTES = 2 ** 26;

/**
 * What a program printed, parsed as JSON; throws with its error where it fails: Python's last line, pare's message.
 * `input` goes to it as JSON.
 */
export function runJson(program, args, input) {
  const { status, stdout, stderr, error } = spawnSync(program, args.map(String), {
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT_BYTES,
    ...(input !== undefined && { input: JSON.stringify(input) }),
  });
  if (error) throw error;
  if (status !== 0) throw new Error(failureOf(stdout, stderr));
  return JSON.parse(stdout);
}

function failureOf(stdout, stderr) {
  return stdout.startsWith('{') ? JSON.parse(stdout).error.message : stderr.trim().split('\n').at(-1);
}

/** Runs a script of bench/peers. */
export function runPeerScript(script, args = [], input = undefined) {
  return runJson(places.python, [join(places.peers, script), ...args], input);
}

/** The command line of pare, as a program and its arguments. */
export function pareCommand(...args) {
  return [process.execPath, join(places.pare, 'cli.mjs'), ...args.map(String)];
}

/** Runs pare; its report. */
export function runPare(...args) {
  const [program, ...rest] = pareCommand(...args, '--json', '--quiet');
  return runJson(program, rest);
}
