import { readFile } from 'node:fs/promises';

/**
 * Largest resident memory this process has had so far, in bytes. Children are not in it: the system forgets a child's
 * peak before Node could ask, so a job reports its own peak from inside and the caller adds it.
 */
export async function peakMemory(): Promise<number> {
  const status = process.platform === 'linux' ? await readFile('/proc/self/status', 'utf8') : '';
  return peakOfStatus(status) ?? process.resourceUsage().maxRSS * 1024;
}

/** VmHWM of a Linux `/proc/PID/status` in bytes; its "kB" are 1024 bytes (proc(5)). Undefined where it has none. */
export function peakOfStatus(status: string): number | undefined {
  const match = /^VmHWM:\s*(\d+) kB$/m.exec(status);
  return match ? Number(match[1]) * 1024 : undefined;
}
