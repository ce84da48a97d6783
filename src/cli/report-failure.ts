import { asPareError } from './as-pare-error.ts';
import { failureReport } from './failure-report.ts';
import { printError } from './print-error.ts';
import { printJson } from './print-json.ts';

export interface FailureFlags {
  json?: boolean;
  report?: string;
}

/**
 * Tells of a failure wherever the user looks for the outcome: standard error, the JSON object, the report page; and sets
 * the exit code.
 * @param exitCode default 2 for a wrong request, else 1
 */
export async function reportFailure(
  command: string,
  thrown: unknown,
  { json, report: page }: FailureFlags,
  exitCode?: number,
): Promise<void> {
  const error = asPareError(thrown);
  process.exitCode = exitCode ?? (error.isUsage ? 2 : 1);
  printError(error);
  const report = failureReport(command, error);
  if (json) printJson(report);
  // A wrong request has done nothing that a page could replace an older one for.
  if (page === undefined || error.isUsage) return;
  const { writeReportPage } = await import('../recipe/write-report-page.ts');
  await writeReportPage(page, report).catch((cause: unknown) => printError(asPareError(cause)));
}
