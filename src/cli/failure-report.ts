import type { Report } from '../evaluate/report.ts';

/** The report of a command that came to nothing. */
export function failureReport(command: string, error: NonNullable<Report['error']>): Report {
  const { code, message, where, hint } = error;
  return {
    schema: 'pare.report/1',
    command,
    warnings: [],
    seconds: process.uptime(),
    peakBytes: process.resourceUsage().maxRSS * 1024,
    error: { code, message, ...(where !== undefined && { where }), ...(hint !== undefined && { hint }) },
  };
}
