import type { NodeTime } from '../base/runner.ts';

/** One event of ONNX Runtime's trace (Chrome's trace format); `dur` is in microseconds. */
interface TraceEvent {
  cat?: string;
  name?: string;
  dur?: number;
  args?: { op_name?: string };
}

/** Sums the kernel times of a profiling trace by node. */
export function nodeTimesOfTrace(events: readonly TraceEvent[]): NodeTime[] {
  const times = new Map<string, NodeTime>();
  for (const { cat, name, dur, args } of events) {
    if (cat !== 'Node' || !name?.endsWith('_kernel_time')) continue;
    const node = name.slice(0, -'_kernel_time'.length);
    const time = times.get(node) ?? { name: node, opType: args?.op_name ?? '', totalMs: 0, calls: 0 };
    time.totalMs += (dur ?? 0) / 1000;
    time.calls++;
    times.set(node, time);
  }
  return [...times.values()];
}
