import { z } from 'zod';
import { MAX_CLASSES } from '../class-labels.ts';
import { classNamesOption } from '../class-names.ts';
import { dataPaths } from '../data-path.ts';
import { defineSource } from '../define-source.ts';
import { fileProblems, malformedFile } from '../errors.ts';
import { findPaths } from '../find-files.ts';
import type { NpyArray } from '../npy/npy-array.ts';
import { openNpyFiles } from '../npy/open-npy-files.ts';
import { numbersOfTensor } from '../numbers-of-tensor.ts';
import type { Sample } from '../source.ts';
import { strictObject } from '../strict-object.ts';

const arrayName = z.string().min(1);

/** Arrays saved by numpy, one a field; axis 0 is the sample. */
export const npz = defineSource({
  kind: 'npz',
  summary: 'numpy arrays: .npz and .npy files, axis 0 the sample',
  splits: [],
  options: strictObject({
    files: dataPaths,
    /** Which arrays are fields; default all but labels and targets. */
    arrays: z.array(arrayName).min(1).optional(),
    labels: arrayName.optional(),
    targets: arrayName.optional(),
    classes: classNamesOption.optional(),
  }).refine(({ labels, targets }) => labels === undefined || targets === undefined, {
    path: ['targets'],
    error: 'labels and targets exclude each other',
  }),

  async open({ files, arrays, labels, targets, classes }, { baseDir, where }) {
    const paths = await findPaths(files, baseDir, where);
    const wanted = paths.filter((path) => /\.np[yz](\.gz)?$/i.test(path));
    const found = await openNpyFiles(wanted.length > 0 ? wanted : paths, where);
    const columns = new Map(Array.from(found, ([name, parts]) => [name, joinParts(name, parts)]));
    const judges = [labels, targets].filter((name) => name !== undefined);
    const fields = arrays ?? [...columns.keys()].filter((name) => !judges.includes(name));
    checkColumns(columns, [...fields, ...judges], where);
    if (fields.length === 0) throw fileProblems(where, ['no array is left that is a field']);

    const at = (name: string) => column(columns, name);
    return {
      length: at(fields[0]).length,
      fields,
      tasks: labels ? ['classification'] : targets ? ['regression', 'sequence'] : ['none'],
      ...(classes && { classNames: classes }),
      read: async (index): Promise<Sample> => ({
        fields: Object.fromEntries(fields.map((name) => [name, at(name).row(index)])),
        ...(labels !== undefined && { label: classIndex(at(labels), index, classes?.length) }),
        ...(targets !== undefined && { target: at(targets).row(index) }),
      }),
    };
  },
});

/** An array by name, its parts in several files behind each other. */
interface Column {
  readonly length: number;
  readonly where: string;
  row(index: number): ReturnType<NpyArray['row']>;
}

function joinParts(name: string, parts: readonly NpyArray[]): Column {
  const [first] = parts;
  for (const { where, dtype, shape } of parts)
    if (dtype !== first.dtype || shape.slice(1).join() !== first.shape.slice(1).join())
      throw malformedFile(
        where,
        `${name}: ${first.dtype}[…, ${first.shape.slice(1)}] as in ${first.where}`,
        `${dtype}[…, ${shape.slice(1)}]`,
      );
  return {
    length: parts.reduce((sum, { shape }) => sum + shape[0], 0),
    where: first.where,
    row: (index) => {
      let part = 0;
      let row = index;
      while (row >= parts[part].shape[0]) row -= parts[part++].shape[0];
      return parts[part].row(row);
    },
  };
}

/** All that is wrong with the names and lengths, together. */
function checkColumns(columns: ReadonlyMap<string, Column>, names: readonly string[], where: string): void {
  const length = columns.get(names[0])?.length;
  const problems = names.flatMap((name) => {
    const found = columns.get(name);
    if (!found) return [`there is no array "${name}"; the files hold ${[...columns.keys()].join(', ')}`];
    if (length === undefined || found.length === length) return [];
    return [`array "${name}" has ${found.length} samples, "${names[0]}" has ${length}`];
  });
  if (problems.length > 0) throw fileProblems(where, problems);
}

function column(columns: ReadonlyMap<string, Column>, name: string): Column {
  const found = columns.get(name);
  if (!found) throw fileProblems(name, ['the array is gone']);
  return found;
}

function classIndex(labels: Column, index: number, classes = MAX_CLASSES): number {
  const { dtype, shape, data } = labels.row(index);
  const values = numbersOfTensor({ dtype, shape, data });
  const value = values?.length === 1 ? values[0] : Number.NaN;
  if (Number.isInteger(value) && value >= 0 && value < classes) return value;
  throw malformedFile(
    `${labels.where}, sample ${index}`,
    `a class index, 0 .. ${classes - 1}`,
    values?.length === 1 ? `${value}` : `${dtype}[${shape.join(', ')}]`,
  );
}
