import type { OnProgress } from '../base/progress.ts';

const BAR_WIDTH = 24;
const REDRAW_MS = 100;
/** Off a terminal the ends of a phase are enough, and now and then a sign of life. */
const PLAIN_STEP_MS = 5000;

interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Shows progress on standard error: a bar with rate and time left on a terminal, plain lines elsewhere. */
export function progressLine({
  quiet,
  stream = process.stderr as Stream,
  now = () => performance.now(),
}: {
  quiet: boolean;
  stream?: Stream;
  now?: () => number;
}): {
  show: OnProgress;
  clear(): void;
} {
  let phase = '';
  let started = 0;
  let drawn = Number.NEGATIVE_INFINITY;
  let isDirty = false;
  const show: OnProgress = (progress) => {
    if (quiet) return;
    if (progress.phase !== phase) {
      phase = progress.phase;
      started = now();
      drawn = Number.NEGATIVE_INFINITY;
    }
    const isLast = progress.done >= progress.total;
    const wait = stream.isTTY ? REDRAW_MS : PLAIN_STEP_MS;
    if (!isLast && now() - drawn < wait) return;
    drawn = now();
    const seconds = (now() - started) / 1000;
    if (!stream.isTTY) {
      stream.write(`${phase}: ${progress.done}/${progress.total}${noteOf(progress)}\n`);
      return;
    }
    const line = `${bar(progress.done / progress.total)} ${phase} ${progress.done}/${progress.total}${pace(progress, seconds)}${noteOf(progress)}`;
    // A line that wraps could not be taken back.
    stream.write(`\r\x1b[2K${line.slice(0, (stream.columns ?? 80) - 1)}`);
    isDirty = true;
  };
  const clear = () => {
    if (isDirty) stream.write('\r\x1b[2K');
    isDirty = false;
  };
  return { show, clear };
}

function noteOf({ note }: { note?: string }): string {
  return note === undefined ? '' : `  ${note}`;
}

function bar(fraction: number): string {
  const full = Math.floor(Math.min(Math.max(fraction, 0), 1) * BAR_WIDTH);
  return `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)}`;
}

/** Rate and time left, once there is something to tell them from. */
function pace({ done, total }: { done: number; total: number }, seconds: number): string {
  if (done < 2 || seconds < 0.2) return '';
  const rate = done / seconds;
  return `  ${rate >= 10 ? rate.toFixed(0) : rate.toFixed(1)}/s  ${((total - done) / rate).toFixed(0)} s left`;
}
