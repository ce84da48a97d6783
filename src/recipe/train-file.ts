import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cancellable } from '../base/progress.ts';
import { openDataset } from '../data/open-dataset.ts';
import { fileFacts } from '../evaluate/file-facts.ts';
import { peakMemory } from '../evaluate/peak-memory.ts';
import type { Comparison, Report } from '../evaluate/report.ts';
import { writeModelFile } from '../onnx/write/write-model-file.ts';
import type { CheckpointStore } from '../train/checkpoint.ts';
import type { TrainOptions } from '../train/options.ts';
import type { TrainResult } from '../train/train.ts';
import { checkpointFolder } from './checkpoint-folder.ts';
import { compareModels, type MeasuredByRunning } from './compare-models.ts';
import { engineFacts } from './engine-facts.ts';
import { nothingToResume, trainedButNotScored, trainingUnfinished } from './errors.ts';
import { eventFolder } from './event-folder.ts';
import { measureModel } from './measure-model.ts';
import { modelFacts } from './model-facts.ts';
import { openChecked } from './open-checked.ts';
import { outputPaths } from './output-paths.ts';
import { trainOn } from './train-on.ts';
import { type TrainSubject, trainSubject } from './train-subject.ts';
import type { Environment } from './transform-file.ts';
import { type Written, writeResults } from './write-results.ts';

export interface TrainFileRequest extends Cancellable {
  /** A known network, with options or without, or a model file. */
  readonly subject: string;
  /** A `.onnx` file, or a folder that also gets reports, checkpoints and TensorBoard events. */
  readonly output: string;
  readonly options: TrainOptions;
  /** Data sets, as `openDataset` takes them. */
  readonly data: string;
  readonly evalData?: string | undefined;
  /** Folder of an earlier run that was not finished. */
  readonly resume?: string | undefined;
  /** Seconds from one checkpoint to the next. */
  readonly checkpointEvery?: number | undefined;
  readonly seed: number;
  readonly threads: number;
}

/** Trains a network or fine-tunes a model, writes it and reports how it went. */
export async function trainFile(request: TrainFileRequest, environment: Environment): Promise<Report> {
  const started = performance.now();
  const { subject: text, options, checkpointEvery, seed, threads, signal, onProgress } = request;
  const paths = await outputPaths(text, request.output);
  const checkpoints = await storeFor(request, paths.folder);
  const plain = await openDataset(request.data, { signal });
  const subject = await trainSubject(text, plain, { classes: options.classes, seed });
  const { runner } = environment;
  try {
    // A mistake in the data for evaluation should show before the work, not after it.
    const evalData = await openChecked(request.evalData, subject.model, signal);
    const events = paths.folder === undefined ? undefined : eventFolder(paths.folder);
    const context = { runner, seed, threads, signal, onProgress };
    const result = await trainOn(subject, plain, options, {
      ...context,
      checkpoints,
      checkpointEvery,
      onEpoch: events,
    });
    result.model.producerName = 'pare';
    const measured =
      evalData &&
      (await measure(subject, result, { ...context, dataset: evalData }).catch(async (error: unknown) => {
        // Hours of training are not lost to a mistake in the data they are scored on.
        if (signal?.aborted) throw error;
        await writeModelFile(result.model, paths.model);
        throw trainedButNotScored(paths.model, error);
      }));
    signal?.throwIfAborted();
    const describe = async (written: Written): Promise<Report> => {
      const after = { ...(await fileFacts(...written)), path: paths.model };
      const before = subject.path === undefined ? undefined : await fileFacts(subject.path);
      return {
        schema: 'pare.report/1',
        command: 'train',
        engine: engineFacts(runner, threads),
        ...(before && {
          input: before,
          before: { ...(await modelFacts(subject.model, before.bytes)), ...measured?.before },
        }),
        output: after,
        after: { ...(await modelFacts(result.model, after.bytes)), ...measured?.after },
        ...(measured?.comparison && { comparison: measured.comparison }),
        training: result.history,
        warnings: [...result.warnings],
        seconds: (performance.now() - started) / 1000,
        peakBytes: await peakMemory(),
      };
    };
    return await writeResults(result.model, paths, describe, ({ input, engine }) => ({
      schema: 'pare.lock/1',
      engine: { name: engine?.name ?? '', version: engine?.version ?? '' },
      input: { path: input?.path ?? text, sha256: input?.sha256 ?? '' },
      data: request.data,
      seed,
      steps: [{ step: 'train', options: Object.fromEntries(Object.entries(result.resolved)) }],
    }));
  } finally {
    await subject.model.close();
  }
}

/** Kept in the folder that is written, or that is gone on from. */
async function storeFor(
  { resume }: TrainFileRequest,
  folder: string | undefined,
): Promise<CheckpointStore | undefined> {
  const home = resume ?? folder;
  if (home === undefined) return undefined;
  const isThere = (name: string) => stat(join(home, name)).then(Boolean, () => false);
  const hasCheckpoint = await isThere(join('checkpoints', 'last.safetensors'));
  if (resume !== undefined && !hasCheckpoint) throw nothingToResume(resume);
  const store = checkpointFolder(join(home, 'checkpoints'));
  if (resume !== undefined || !hasCheckpoint) return store;
  if (!(await isThere('model.onnx'))) throw trainingUnfinished(home);
  // What is left of a finished training is written over, not gone on from.
  return { ...store, read: () => Promise.resolve(undefined) };
}

interface Measurements {
  readonly before?: MeasuredByRunning;
  readonly after: MeasuredByRunning;
  readonly comparison?: Comparison;
}

/** A fine-tuned model is compared with what it was, unless it tells other classes now. */
async function measure(
  { path, model }: TrainSubject,
  result: TrainResult,
  options: Parameters<typeof measureModel>[1],
): Promise<Measurements> {
  if (path !== undefined && !result.hasNewHead) return compareModels(model, result.model, options);
  return { after: await measureModel(result.model, options) };
}
