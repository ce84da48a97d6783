import { z } from 'zod';
import type { Cancellable } from '../base/progress.ts';
import type { Report } from '../evaluate/report.ts';
import type { Environment } from '../recipe/transform-file.ts';
import { checkReportPage, writeReportPage } from '../recipe/write-report-page.ts';
import { ortNode } from '../runtime/ort-node.ts';
import type { CommonFlags } from './add-common-options.ts';
import { listenForInterruption } from './listen-for-interruption.ts';
import { parseOptions } from './parse-options.ts';
import { printJson } from './print-json.ts';
import { printReport } from './print-report.ts';
import { progressLine } from './progress-line.ts';
import { reportFailure } from './report-failure.ts';

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

/**
 * Runs a command's work with progress, Ctrl-C and reports; sets the exit code: 0 done, 1 failed or a limit not met, 2
 * wrong request, 130 or 143 interrupted.
 */
export async function runCommand(
  command: string,
  flags: CommonFlags,
  work: (request: CommonRequest, environment: Environment) => Promise<Report>,
): Promise<void> {
  const interruption = listenForInterruption();
  const progress = progressLine({ quiet: flags.quiet === true });
  try {
    const { seed, threads } = parseOptions(commonSchema, { seed: flags.seed, threads: flags.threads });
    if (flags.report !== undefined) await checkReportPage(flags.report);
    const environment = { runner: await ortNode(), architecture: process.arch };
    const details = !(flags.quiet && !flags.json && flags.report === undefined);
    const { signal } = interruption;
    const report = await work(
      { command, details, seed, threads, signal, onProgress: progress.show },
      environment,
    );
    progress.clear();
    if (flags.report !== undefined) await writeReportPage(flags.report, report);
    if (flags.json) printJson(report);
    if (!flags.quiet) printReport(report, flags);
    if (report.met === false) process.exitCode = 1;
  } catch (error) {
    progress.clear();
    const end = interruption.end();
    await reportFailure(command, end?.error ?? error, flags, end?.exitCode);
  } finally {
    interruption.close();
  }
}
