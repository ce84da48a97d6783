import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cancellable } from '../base/progress.ts';
import type { Runner } from '../base/runner.ts';
import { fileFacts } from '../evaluate/file-facts.ts';
import { peakMemory } from '../evaluate/peak-memory.ts';
import type { Report } from '../evaluate/report.ts';
import { renderReportHtml } from '../evaluate/report-html/render-report-html.ts';
import { readModelFile } from '../onnx/read/read-model-file.ts';
import { writeModelFile } from '../onnx/write/write-model-file.ts';
import { bindDataset } from './bind-dataset.ts';
import { compareModels } from './compare-models.ts';
import { engineFacts } from './engine-facts.ts';
import { lockOfAnotherModel, outputIsInput } from './errors.ts';
import { type Lock, lockToText } from './lock.ts';
import { modelFacts } from './model-facts.ts';
import type { Step, StepResult } from './step.ts';
import { writeTextFile } from './write-text-file.ts';

export interface TransformRequest<Options> extends Cancellable {
  readonly command: string;
  readonly input: string;
  /** A `.onnx` file, or a folder that gets `model.onnx`, `report.json`, `report.html` and `recipe.lock.yaml`. */
  readonly output: string;
  readonly options: Options;
  /** Data sets, as `openDataset` takes them. */
  readonly data?: string | undefined;
  readonly evalData?: string | undefined;
  readonly seed: number;
  readonly threads: number;
  /** Somebody will see the report: collect what only it shows. */
  readonly details?: boolean;
  /** An earlier run's lock; its seed counts and its model must be this one. */
  readonly lock?: Lock | undefined;
}

export interface Environment {
  readonly runner: Runner;
  readonly architecture: string;
}

/** Runs one step on a model file, writes the result, and reports what it cost and gained. */
export async function transformFile<Options extends object>(
  step: Step<Options>,
  request: TransformRequest<Options>,
  { runner, architecture }: Environment,
): Promise<Report> {
  const started = performance.now();
  const { input, signal, onProgress, threads } = request;
  const seed = request.lock?.seed ?? request.seed;
  const paths = await outputPaths(request);
  const original = await readModelFile(input);
  const working = await readModelFile(input);
  try {
    const before = await fileFacts(input);
    const expected = request.lock?.input.sha256;
    if (expected !== undefined && expected !== before.sha256)
      throw lockOfAnotherModel(expected, before.sha256);
    const dataset =
      request.data === undefined ? undefined : await bindDataset(request.data, original, signal);
    // A mistake in the data for evaluation should show before the work, not after it.
    const evalDataset =
      request.evalData === undefined ? undefined : await bindDataset(request.evalData, original, signal);
    const facts = await modelFacts(original, before.bytes);

    const details = request.details ?? true;
    const context = { runner, architecture, data: dataset, seed, threads, details, signal, onProgress };
    const result = await step.run(working, request.options, context);
    signal?.throwIfAborted();
    result.model.producerName = 'pare';
    await writeModelFile(result.model, paths.model);
    const after = await fileFacts(paths.model);
    const measured =
      evalDataset && (await compareModels(original, result.model, { ...context, dataset: evalDataset }));
    const report: Report = {
      schema: 'pare.report/1',
      command: request.command,
      engine: engineFacts(runner, threads, result.target),
      input: before,
      output: after,
      before: { ...facts, ...measured?.before },
      after: { ...(await modelFacts(result.model, after.bytes)), ...measured?.after },
      ...(measured && { comparison: measured.comparison }),
      layers: result.layers,
      ...(result.met !== undefined && { met: result.met }),
      warnings: result.warnings,
      seconds: (performance.now() - started) / 1000,
      peakBytes: await peakMemory(),
    };
    if (paths.folder !== undefined)
      await writeFolder(paths.folder, report, lockOf(step, request, result, report, seed));
    return report;
  } finally {
    await original.close();
    await working.close();
  }
}

async function outputPaths({ input, output }: { input: string; output: string }) {
  const isFolder = !output.endsWith('.onnx');
  const model = isFolder ? join(output, 'model.onnx') : output;
  if (await isSameFile(input, model)) throw outputIsInput(output);
  if (isFolder) await mkdir(output, { recursive: true });
  return { model, folder: isFolder ? output : undefined };
}

/** Also true for two names of one file (links, `./x` and `x`). */
async function isSameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([a, b].map((path) => stat(path).catch(() => undefined)));
  return first !== undefined && second !== undefined && first.ino === second.ino && first.dev === second.dev;
}

function lockOf<Options extends object>(
  step: Step<Options>,
  { data }: TransformRequest<Options>,
  { resolved }: StepResult<Options>,
  { input, engine }: Report,
  seed: number,
): Lock {
  return {
    schema: 'pare.lock/1',
    engine: { name: engine?.name ?? '', version: engine?.version ?? '' },
    input: { path: input?.path ?? '', sha256: input?.sha256 ?? '' },
    ...(data !== undefined && { data }),
    seed,
    steps: [{ step: step.name, options: Object.fromEntries(Object.entries(resolved)) }],
  };
}

async function writeFolder(folder: string, report: Report, lock: Lock): Promise<void> {
  await writeTextFile(join(folder, 'report.json'), `${JSON.stringify(report, null, 1)}\n`);
  await writeTextFile(join(folder, 'report.html'), renderReportHtml(report));
  await writeTextFile(join(folder, 'recipe.lock.yaml'), lockToText(lock));
}
