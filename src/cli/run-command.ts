import { z } from 'zod';
import { PareError } from '../base/pare-error.ts';
import type { Cancellable } from '../base/progress.ts';
import type { Report } from '../evaluate/report.ts';
import { renderReportHtml } from '../evaluate/report-html/render-report-html.ts';
import type { Environment } from '../recipe/transform-file.ts';
import { writeTextFile } from '../recipe/write-text-file.ts';
import { ortNode } from '../runtime/ort-node.ts';
import type { CommonFlags } from './add-common-options.ts';
import { parseOptions } from './parse-options.ts';
import { printError } from './print-error.ts';
import { printReport } from './print-report.ts';
import { progressLine } from './progress-line.ts';

const commonSchema = z.object({
  threads: z.int().min(1).max(1024),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1),
});

export interface CommonRequest extends Cancellable {
  command: string;
  seed: number;
  threads: number;
  /** False when nobody will see the details of the report. */
  details: boolean;
}

/** Exit code of a program ended by Ctrl-C, by convention 128 + SIGINT. */
const INTERRUPTED = 130;

/**
 * Runs a command's work with progress, Ctrl-C and reports; sets the exit code: 0 done, 1 failed or a limit not met, 2
 * wrong request.
 */
export async function runCommand(
  command: string,
  flags: CommonFlags,
  work: (request: CommonRequest, environment: Environment) => Promise<Report>,
): Promise<void> {
  const abort = new AbortController();
  const interrupt = () => {
    // The engine holds the thread while it runs: a second Ctrl-C need not wait for it.
    if (abort.signal.aborted) process.exit(INTERRUPTED);
    abort.abort();
  };
  process.on('SIGINT', interrupt);
  const progress = progressLine({ quiet: flags.quiet === true });
  try {
    const { seed, threads } = parseOptions(commonSchema, { seed: flags.seed, threads: flags.threads });
    const environment = { runner: await ortNode(), architecture: process.arch };
    const details = !(flags.quiet && !flags.json && flags.report === undefined);
    const request = { command, details, seed, threads, signal: abort.signal, onProgress: progress.show };
    const report = await work(request, environment);
    progress.clear();
    if (flags.report !== undefined) await writeTextFile(flags.report, renderReportHtml(report));
    if (flags.json) process.stdout.write(`${JSON.stringify(report)}\n`);
    if (!flags.quiet) printReport(report, flags);
    if (report.met === false) process.exitCode = 1;
  } catch (error) {
    progress.clear();
    await fail(command, error, flags, abort.signal);
  } finally {
    process.off('SIGINT', interrupt);
  }
}

async function fail(command: string, error: unknown, flags: CommonFlags, signal: AbortSignal): Promise<void> {
  if (signal.aborted) {
    process.stderr.write('Interrupted; nothing was left half-written.\n');
    process.exitCode = INTERRUPTED;
    return;
  }
  // Anything but a PareError is a mistake of pare's own: its stack belongs into the bug report.
  if (!(error instanceof PareError)) throw error;
  process.exitCode = error.isUsage ? 2 : 1;
  printError(error);
  const report = failureReport(command, error);
  if (flags.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  if (flags.report !== undefined && !error.isUsage)
    await writeTextFile(flags.report, renderReportHtml(report));
}

function failureReport(command: string, { code, message, where, hint }: PareError): Report {
  const error = { code, message, ...(where !== undefined && { where }), ...(hint !== undefined && { hint }) };
  const seconds = process.uptime();
  return {
    schema: 'pare.report/1',
    command,
    warnings: [],
    seconds,
    peakBytes: process.memoryUsage.rss(),
    error,
  };
}
