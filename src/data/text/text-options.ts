import { z } from 'zod';
import { classNamesOption } from '../class-names.ts';
import { columnOption } from '../csv/column-places.ts';
import { dataPath, dataPaths } from '../data-path.ts';
import { strictObject } from '../strict-object.ts';

/** How lines hold text and label. */
const textFormat = {
  /** `label-first`: `label text`; `plain`: text alone; or columns of a CSV table. */
  format: z
    .union(
      [
        z.enum(['label-first', 'plain']),
        strictObject({ text: columnOption, label: columnOption.optional() }),
      ],
      {
        error: 'expected label-first, plain, or { text: COLUMN, label: COLUMN }',
      },
    )
    .default('label-first'),
  delimiter: z.string().length(1, 'expected one character').default(','),
};

export const textOptions = strictObject({
  files: dataPaths,
  ...textFormat,
  classes: classNamesOption.optional(),
  /** A tokenizer.json. */
  tokenizer: dataPath.optional(),
  /** Words between blanks, numbered: of a file of one word a line, or of the words of the training texts by frequency. */
  vocabulary: z
    .union(
      [
        dataPath,
        strictObject({
          from: dataPaths,
          size: z.int().min(3).max(10_000_000).default(30_000),
          minCount: z.int().min(1).default(1),
        }),
      ],
      { error: 'expected a file, or { from, size, minCount }' },
    )
    .optional(),
  lowercase: z.boolean().default(false),
  /** What a vocabulary numbers. */
  unit: z.enum(['words', 'characters']).default('words'),
  maxLength: z.int().min(1).max(65_536).default(128),
  /** `max`: every sample has maxLength tokens; `none`: as many as the text. */
  padding: z.enum(['max', 'none']).default('max'),
  truncation: z.boolean().default(true),
  /** Where the tokenizer does not tell. */
  padToken: z.string().min(1).optional(),
})
  .refine(({ tokenizer, vocabulary }) => (tokenizer === undefined) !== (vocabulary === undefined), {
    path: ['tokenizer'],
    error: 'expected either tokenizer or vocabulary',
  })
  .refine(({ tokenizer, lowercase }) => tokenizer === undefined || !lowercase, {
    path: ['lowercase'],
    error: 'a tokenizer.json says itself how text is normalized',
  })
  .refine(({ tokenizer, unit }) => tokenizer === undefined || unit === 'words', {
    path: ['unit'],
    error: 'a tokenizer.json says itself how text is cut',
  });

export type TextOptions = z.output<typeof textOptions>;
export type TextFormat = Pick<TextOptions, 'format' | 'delimiter'>;
