import { cpus } from 'node:os';
import type { Runner } from '../base/runner.ts';
import type { Report } from '../evaluate/report.ts';

/** Engine and machine, for the report. */
export function engineFacts(runner: Runner, threads: number, target?: string): NonNullable<Report['engine']> {
  const cpu = cpus()[0]?.model.trim() || 'unknown';
  return { ...runner.engine, cpu, threads, ...(target === undefined ? {} : { target }) };
}
