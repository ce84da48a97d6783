import { z } from 'zod';
import type { Tensor } from '../../base/tensor.ts';
import { dataPaths } from '../data-path.ts';
import { defineSource } from '../define-source.ts';
import { fileProblems, malformedFile, noSamples } from '../errors.ts';
import { type FileSet, openFileSet } from '../file-set.ts';
import { numbersOfTensor } from '../numbers-of-tensor.ts';
import { type DataSetFiles, findDataSets, isTensorFile } from '../pb/find-data-sets.ts';
import { type NamedTensor, readTensorFile } from '../pb/read-tensor-file.ts';
import { matchName, safePattern } from '../safe-pattern.ts';
import type { Sample } from '../source.ts';
import { strictObject } from '../strict-object.ts';
import { takeRow } from '../take-row.ts';

const MAX_TENSOR_BYTES = 2 ** 30;

/** Test data as ONNX's backend tests and model zoo have it: `test_data_set_0/input_0.pb`, `output_0.pb`, … */
export const pb = defineSource({
  kind: 'pb',
  summary: "ONNX test data: test_data_set_*/input_*.pb, the model's outputs as targets",
  splits: [],
  options: strictObject({
    files: dataPaths,
    /** Only files whose path within the folder or archive it matches. */
    match: safePattern.optional(),
    /** Name or number of the output that is the target. */
    target: z.union([z.string().min(1), z.int().min(0)]).default(0),
  }),

  async open({ files, match, target }, { baseDir, where, signal }) {
    const isWanted = (name: string) => isTensorFile(name) && (!match || matchName(match, name) !== null);
    const found = await openFileSet(files, { baseDir, where, wanted: isWanted });
    const set = { ...found, names: found.names.filter(isWanted) };
    const sets = findDataSets(set);
    const places: { set: number; row: number }[] = [];
    let first: DataSet | undefined;
    for (const [number, dataSet] of sets.entries()) {
      signal?.throwIfAborted();
      const { inputs, rows, targets } = await readDataSet(set, dataSet, target);
      first ??= { inputs, rows, targets };
      checkAlike(first, { inputs, rows, targets }, `${set.root}/${dataSet.folder}`);
      for (let row = 0; row < rows; row++) places.push({ set: number, row });
    }
    if (!first) throw noSamples(where, `no input_0.pb in ${set.root}`);
    if (!first.targets && typeof target === 'string')
      throw fileProblems(where, [`target: there is no output "${target}" with a row for each sample`]);
    const hasTargets = first.targets !== undefined && numbersOfTensor(first.targets) !== undefined;

    let held: { set: number; content: Promise<DataSet> } | undefined;
    return {
      length: places.length,
      fields: Object.keys(first.inputs),
      tasks: hasTargets ? ['regression', 'sequence'] : ['none'],
      read: async (index): Promise<Sample> => {
        const { set: number, row } = places[index];
        if (held?.set !== number) held = { set: number, content: readDataSet(set, sets[number], target) };
        const { inputs, targets } = await held.content;
        const fields = Object.entries(inputs).map(([name, tensor]) => [name, takeRow(tensor, row)]);
        return {
          fields: Object.fromEntries(fields),
          ...(hasTargets && targets && { target: takeRow(targets, row) }),
        };
      },
    };
  },
});

/** The tensors of one set; axis 0 of all is the sample. */
interface DataSet {
  readonly rows: number;
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** Undefined where there is no such output, or not a row of it for each sample. */
  readonly targets: Tensor | undefined;
}

async function readDataSet(set: FileSet, files: DataSetFiles, target: string | number): Promise<DataSet> {
  const read = async (name: string) =>
    readTensorFile(await set.read(name, MAX_TENSOR_BYTES), set.where(name));
  const inputs: Record<string, Tensor> = {};
  let rows: number | undefined;
  for (const [number, name] of files.inputs.entries()) {
    const { name: saved, tensor } = await read(name);
    const [length] = tensor.shape;
    rows ??= length;
    if (length === undefined || length !== rows)
      throw malformedFile(
        set.where(name),
        rows === undefined
          ? 'an axis 0 that is the batch'
          : `${rows} samples on axis 0, as the first input has`,
        `shape [${tensor.shape.join(', ')}]`,
      );
    const field = saved || `input_${number}`;
    if (Object.hasOwn(inputs, field))
      throw malformedFile(set.where(name), 'inputs of different names', field);
    inputs[field] = tensor;
  }
  const outputs: NamedTensor[] = [];
  const wanted = typeof target === 'number' ? files.outputs.slice(target, target + 1) : files.outputs;
  for (const name of wanted) outputs.push(await read(name));
  const chosen = outputs.find(({ name }) => typeof target === 'number' || name === target)?.tensor;
  return { inputs, rows: rows ?? 0, targets: chosen?.shape[0] === rows ? chosen : undefined };
}

/** Every set has the fields of the first, of the same types. */
function checkAlike(first: DataSet, other: DataSet, where: string): void {
  const describe = ({ inputs, targets }: DataSet) =>
    [
      ...Object.entries(inputs).map(([name, { dtype }]) => `${name}: ${dtype}`),
      `target: ${targets?.dtype ?? 'none'}`,
    ].join(', ');
  if (describe(first) !== describe(other)) throw malformedFile(where, describe(first), describe(other));
}
