import { spawnSync } from 'node:child_process';

/**
 * Runs a program and returns what it printed on standard output; its errors are shown as they come. Throws when it
 * does not exit with 0.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string>, shows?: boolean }} options `shows`: standard output too goes to the terminal
 */
export function run(program, args, { cwd, env, shows = false } = {}) {
  const { status, signal, error, stdout } = spawnSync(program, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    shell: process.platform === 'win32' && program !== process.execPath,
    stdio: ['ignore', shows ? 'inherit' : 'pipe', 'inherit'],
  });
  if (error !== undefined) throw error;
  if (status !== 0) {
    const end = status === null ? `was ended by ${signal}` : `exited with ${status}`;
    throw new Error(`${[program, ...args].join(' ')} ${end}.\n${stdout ?? ''}`);
  }
  return stdout ?? '';
}
