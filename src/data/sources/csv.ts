import { z } from 'zod';
import { classLabels } from '../class-labels.ts';
import { classNamesOption } from '../class-names.ts';
import { columnOption } from '../csv/column-places.ts';
import { readTables } from '../csv/read-table.ts';
import { dataPaths } from '../data-path.ts';
import { defineSource } from '../define-source.ts';
import { findPaths } from '../find-files.ts';
import { numberType } from '../number-types.ts';
import type { Sample } from '../source.ts';
import { strictObject } from '../strict-object.ts';
import { tensorOfNumbers } from '../tensor-of-numbers.ts';

const columns = z.array(columnOption).min(1).max(100_000);

/** Tables of numbers, a sample a row. */
export const csv = defineSource({
  kind: 'csv',
  summary: 'tables of numbers, a sample a row, with a column of labels or targets',
  splits: [],
  options: strictObject({
    files: dataPaths,
    header: z.boolean().default(true),
    delimiter: z.string().length(1, 'expected one character').default(','),
    labels: columnOption.optional(),
    targets: z.union([columnOption, columns]).optional(),
    /** Columns of the field `features`, or of each field by name; default all but labels and targets. */
    features: z.union([columns, z.record(z.string().min(1), columns)]).optional(),
    dtype: numberType.default('float'),
    classes: classNamesOption.optional(),
  }).refine(({ labels, targets }) => labels === undefined || targets === undefined, {
    path: ['targets'],
    error: 'labels and targets exclude each other',
  }),

  async open({ files, header, delimiter, labels, targets, features, dtype, classes }, { baseDir, where }) {
    const paths = await findPaths(files, baseDir, where);
    const table = await readTables(
      paths,
      {
        hasHeader: header,
        delimiter,
        dtype,
        label: labels,
        targets: targets === undefined ? [] : [targets].flat(),
        features: Array.isArray(features) ? { features } : features,
      },
      where,
    );
    const known = labels === undefined ? undefined : classLabels(table.labels, classes, where);
    const fields = Object.entries(table.fields);
    const vector = (row: Float64Array) => tensorOfNumbers(dtype, [row.length], row);
    return {
      length: table.rows,
      fields: Object.keys(table.fields),
      tasks: known ? ['classification'] : table.targets ? ['regression', 'sequence'] : ['none'],
      ...(known?.classNames && { classNames: known.classNames }),
      read: async (index): Promise<Sample> => ({
        fields: Object.fromEntries(fields.map(([field, rows]) => [field, vector(rows.row(index))])),
        ...(known && { label: known.labels[index] }),
        ...(table.targets && { target: vector(table.targets.row(index)) }),
      }),
    };
  },
});
