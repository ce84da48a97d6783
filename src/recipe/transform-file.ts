import type { Cancellable } from '../base/progress.ts';
import type { Runner } from '../base/runner.ts';
import { fileFacts } from '../evaluate/file-facts.ts';
import { peakMemory } from '../evaluate/peak-memory.ts';
import type { Report, Warning } from '../evaluate/report.ts';
import { readModelFile } from '../onnx/read/read-model-file.ts';
import { compareModels } from './compare-models.ts';
import { engineFacts } from './engine-facts.ts';
import { lockOfAnotherModel } from './errors.ts';
import type { FileLayout } from './file-layout.ts';
import { filesOfModel } from './files-of-model.ts';
import { keepInputs } from './keep-inputs.ts';
import type { Lock } from './lock.ts';
import { modelFacts } from './model-facts.ts';
import { openChecked } from './open-checked.ts';
import { outputPaths } from './output-paths.ts';
import type { Step, StepResult } from './step.ts';
import { writeIntoLayout } from './write-into-layout.ts';
import { type Written, writeResults } from './write-results.ts';

export interface TransformRequest<Options> extends Cancellable {
  readonly command: string;
  readonly input: string;
  /**
   * A `.onnx` file, or a folder that gets `model.onnx`, `report.json`, `report.html` and `recipe.lock.yaml`, or what the
   * layout says.
   */
  readonly output: string;
  readonly layout?: FileLayout | undefined;
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

/**
 * Runs one step on a model file, writes the result, and reports what it cost and gained. Files are written last of all:
 * a run that fails or is interrupted leaves what was there before.
 */
export async function transformFile<Options extends object>(
  step: Step<Options>,
  request: TransformRequest<Options>,
  { runner, architecture }: Environment,
): Promise<Report> {
  const started = performance.now();
  const { input, signal, onProgress, threads, lock } = request;
  const seed = lock?.seed ?? request.seed;
  const paths = await outputPaths(input, request.output, placeOf(step, request));
  const original = await readModelFile(input);
  const working = await readModelFile(input);
  try {
    const files = await filesOfModel(input, original);
    await keepInputs(files, paths.model);
    const before = await fileFacts(...files);
    if (lock && lock.input.sha256 !== before.sha256)
      throw lockOfAnotherModel(lock.input.sha256, before.sha256);
    const data = await openChecked(request.data, original, signal);
    // A mistake in the data for evaluation should show before the work, not after it.
    const evalData = await openChecked(request.evalData, original, signal);
    const details = request.details ?? true;
    const context = { runner, architecture, data, seed, threads, details, signal, onProgress };
    const result = await step.run(working, request.options, context);
    result.model.producerName = 'pare';
    const measured =
      evalData && (await compareModels(original, result.model, { ...context, dataset: evalData }));
    signal?.throwIfAborted();

    const describe = async (written: Written): Promise<Report> => {
      const after = { ...(await fileFacts(...written)), path: paths.model };
      return {
        schema: 'pare.report/1',
        command: request.command,
        engine: engineFacts(runner, threads, result.target),
        input: before,
        output: after,
        before: { ...(await modelFacts(original, before.bytes)), ...measured?.before },
        after: { ...(await modelFacts(result.model, after.bytes)), ...measured?.after },
        ...(measured && { comparison: measured.comparison }),
        ...(result.cleaning && { cleaning: result.cleaning }),
        layers: result.layers,
        ...limitsOf(result),
        warnings: [...otherEngine(lock, runner), ...result.warnings],
        seconds: (performance.now() - started) / 1000,
        peakBytes: await peakMemory(),
      };
    };
    const lockFor = (report: Report) => lockOf(step, request, result, report, seed);
    if (request.layout) {
      const { written, notes } = await writeIntoLayout(result.model, input, paths, request.layout);
      const report = await describe(written);
      return { ...report, warnings: [...report.warnings, ...notes] };
    }
    return await writeResults(result.model, paths, describe, lockFor);
  } finally {
    await original.close();
    await working.close();
  }
}

function placeOf<Options extends object>(
  step: Step<Options>,
  { layout, input, options }: TransformRequest<Options>,
): string | undefined {
  const variant = layout && step.variant?.(options);
  return variant && layout.modelPath(input, variant);
}

function limitsOf({ limits = [] }: StepResult<unknown>): Pick<Report, 'limits' | 'met'> {
  return limits.length === 0 ? {} : { limits, met: limits.every(({ met }) => met) };
}

function otherEngine(lock: Lock | undefined, { engine }: Runner): Warning[] {
  if (!lock || (lock.engine.name === engine.name && lock.engine.version === engine.version)) return [];
  const message = `The lock was written with ${lock.engine.name} ${lock.engine.version}, this is ${engine.name} ${engine.version}: the bytes may differ.`;
  return [{ code: 'other-engine', where: '--lock', message }];
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
