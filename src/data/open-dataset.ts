import { dirname, extname, resolve } from 'node:path';
import { checkDatasetFile } from './check-dataset-file.ts';
import { chooseSamples } from './choose-samples.ts';
import { constantTensor } from './constant-tensor.ts';
import type { Dataset, Task } from './dataset.ts';
import type { DatasetFile } from './dataset-file.ts';
import { datasetFromSamples } from './dataset-from-samples.ts';
import {
  datasetMissing,
  datasetNotRecognised,
  fileProblems,
  noSamples,
  taskImpossible,
  unknownField,
} from './errors.ts';
import { parseQuery } from './parse-query.ts';
import { pathKind } from './path-kind.ts';
import { readDatasetFile } from './read-dataset-file.ts';
import { recogniseFolder } from './recognise-folder.ts';
import type { Samples } from './source.ts';

const FILE_EXTENSIONS: ReadonlySet<string> = new Set(['.yaml', '.yml', '.json']);

/** Options of {@link openDataset}. */
export interface OpenDatasetOptions {
  /** Where relative paths of `spec` start; default the working folder. Paths in a dataset file start at the file. */
  baseDir?: string;
  /** At most so many samples, whatever the dataset file says: a seeded choice of them. */
  limit?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Opens a data set; samples are read when batches are.
 * @param spec one of
 *   - the path of a dataset file (`.yaml`, `.yml`, `.json`; docs/datasets.md), or its content as an object;
 *   - a folder that can be recognised: CIFAR-10 batches, IDX files, or `labels.csv` with images. Pixels come as they are:
 *     float 0..255, nchw. `FOLDER?split=test&limit=100` sets what a dataset file would;
 *   - `synthetic:strokes`, or `synthetic:strokes?samples=1000&seed=3`.
 *
 * Throws a PareError where something is missing, malformed or unknown; problems of a dataset file come all together.
 */
export async function openDataset(
  spec: string | DatasetFile,
  { baseDir = process.cwd(), limit: most, signal }: OpenDatasetOptions = {},
): Promise<Dataset> {
  signal?.throwIfAborted();
  const described =
    typeof spec === 'string' ? await describe(spec, baseDir) : { name: spec.kind, baseDir, content: spec };
  const { name } = described;
  const file = checkDatasetFile(described.content, name);
  const { split, inputs = {}, fields = {}, constants = {}, state, reconstruct, judge } = file.common;
  const limit = Math.min(file.common.limit ?? Number.POSITIVE_INFINITY, most ?? Number.POSITIVE_INFINITY);
  const samples = await file.open({
    baseDir: described.baseDir,
    where: name,
    ...(typeof split === 'string' && { split }),
    signal,
  });
  signal?.throwIfAborted();

  const task =
    reconstruct === undefined
      ? chooseTask(file.common.task, samples.tasks, name)
      : reconstructionTask(file.common.task, name);
  for (const [key, field] of [
    ...Object.values(inputs).map((field) => ['inputs', field]),
    ...Object.keys(fields).map((field) => ['fields', field]),
    ...(reconstruct === undefined ? [] : [['reconstruct', reconstruct]]),
  ])
    if (!samples.fields.includes(field)) throw unknownField(name, field, samples.fields, key);
  const chosen = choose(samples, typeof split === 'object' ? split : undefined, limit, name);
  const tensors = Object.entries(constants).map(([input, constant]) => [input, constantTensor(constant)]);
  return datasetFromSamples(samples, {
    name,
    task,
    chosen,
    inputs,
    fields,
    constants: Object.fromEntries(tensors),
    state,
    reconstruct,
    judge,
  });
}

function chooseTask(stated: Task | undefined, possible: readonly [Task, ...Task[]], name: string): Task {
  if (stated === undefined || stated === 'none') return stated ?? possible[0];
  if (!possible.includes(stated)) throw taskImpossible(name, stated, possible);
  return stated;
}

function reconstructionTask(stated: Task = 'regression', name: string): Task {
  if (stated === 'regression' || stated === 'none') return stated;
  throw fileProblems(name, [`reconstruct: the task is regression then, or none, not ${stated}`]);
}

interface Described {
  /** Of the data set: what the user called it. */
  name: string;
  baseDir: string;
  /** Content of a dataset file, not checked yet. */
  content: unknown;
}

async function describe(spec: string, baseDir: string): Promise<Described> {
  const synthetic = /^synthetic:([^?]*)(?:\?(.*))?$/s.exec(spec);
  if (synthetic) {
    const [, set, query = ''] = synthetic;
    return { name: spec, baseDir, content: { ...parseQuery(query), kind: 'synthetic', set } };
  }
  const whole = resolve(baseDir, spec);
  if ((await pathKind(whole)) === 'file') return describeFile(spec, whole);
  const mark = (await pathKind(whole)) === 'folder' ? -1 : spec.lastIndexOf('?');
  const folderPath = mark < 0 ? spec : spec.slice(0, mark);
  const folder = resolve(baseDir, folderPath);
  const kind = await pathKind(folder);
  if (kind === 'nothing') throw datasetMissing(spec);
  const recognised = kind === 'folder' ? await recogniseFolder(folder) : undefined;
  if (!recognised) throw datasetNotRecognised(folderPath);
  const query = mark < 0 ? {} : parseQuery(spec.slice(mark + 1));
  return { name: spec, baseDir: folder, content: { ...query, ...recognised } };
}

async function describeFile(spec: string, path: string): Promise<Described> {
  if (!FILE_EXTENSIONS.has(extname(path).toLowerCase())) throw datasetNotRecognised(spec);
  return { name: spec, baseDir: dirname(path), content: await readDatasetFile(path) };
}

function choose(
  { length }: Samples,
  split: { fraction: readonly [number, number]; seed: number } | undefined,
  limit: number,
  where: string,
): Int32Array {
  const all = split === undefined && limit >= length;
  const chosen = all
    ? Int32Array.from({ length }, (_, index) => index)
    : chooseSamples(length, {
        fraction: split?.fraction ?? [0, 1],
        seed: split?.seed ?? 0,
        limit,
      });
  if (chosen.length === 0) throw noSamples(where, `${length} samples before split and limit`);
  return chosen;
}
