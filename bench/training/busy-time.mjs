import { readFileSync } from 'node:fs';

/** Clock ticks a second of /proc, as Linux reports them to programs. */
const TICKS = 100;

/** Seconds that all processors together were busy since the machine started; 0 where /proc does not tell. */
export function busySeconds() {
  const [, user, nice, system, , , irq, softIrq, steal] = lineOf('/proc/stat').split(/\s+/).map(Number);
  return (user + nice + system + irq + softIrq + (steal ?? 0)) / TICKS || 0;
}

/** Processor seconds that a process has used, its threads included. */
export function secondsOf(pid) {
  const fields = lineOf(`/proc/${pid}/stat`).split(') ').at(-1).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS || 0;
}

function lineOf(path) {
  try {
    return readFileSync(path, 'utf8').split('\n')[0];
  } catch {
    return '';
  }
}
