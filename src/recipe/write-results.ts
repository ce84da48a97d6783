import { join } from 'node:path';
import type { Report } from '../evaluate/report.ts';
import type { Model } from '../onnx/ir/model.ts';
import { writeModelFile } from '../onnx/write/write-model-file.ts';
import { type Lock, lockToText } from './lock.ts';
import type { OutputPaths } from './output-paths.ts';
import { writeReportPage } from './write-report-page.ts';
import { writeRunFolder } from './write-run-folder.ts';
import { writeTextFile } from './write-text-file.ts';

/** Paths of the files of a model. */
export type Written = [model: string, ...weights: string[]];

/**
 * Writes a model and, into a folder, what is known of it.
 * @param describe reports on the model written to paths, which may be a stage of its final ones
 */
export async function writeResults(
  model: Model,
  { model: path, folder }: OutputPaths,
  describe: (written: Written) => Promise<Report>,
  lockFor: (report: Report) => Lock,
): Promise<Report> {
  if (folder === undefined) return describe(await writeModelFile(model, path));
  return writeRunFolder(folder, async (stage) => {
    const report = await describe(await writeModelFile(model, join(stage, 'model.onnx')));
    await writeTextFile(join(stage, 'report.json'), `${JSON.stringify(report, null, 1)}\n`);
    await writeReportPage(join(stage, 'report.html'), report);
    await writeTextFile(join(stage, 'recipe.lock.yaml'), lockToText(lockFor(report)));
    return report;
  });
}
