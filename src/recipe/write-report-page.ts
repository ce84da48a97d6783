import { extname } from 'node:path';
import type { Report } from '../evaluate/report.ts';
import { renderReportHtml } from '../evaluate/report-html/render-report-html.ts';
import { checkWritable } from './check-writable.ts';
import { notAPageName } from './errors.ts';
import { writeTextFile } from './write-text-file.ts';

/** Finds a mistake in the page's name before the work. Other endings are refused: they may be a model's. */
export async function checkReportPage(path: string): Promise<void> {
  if (!['.html', '.htm'].includes(extname(path).toLowerCase())) throw notAPageName(path);
  await checkWritable(path);
}

export async function writeReportPage(path: string, report: Report): Promise<void> {
  await writeTextFile(path, renderReportHtml(report));
}
