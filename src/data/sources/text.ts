import type { Tensor } from '../../base/tensor.ts';
import { classLabels } from '../class-labels.ts';
import { defineSource } from '../define-source.ts';
import { noSamples, textTooLong, tokenizerUnusable } from '../errors.ts';
import { findPaths } from '../find-files.ts';
import type { Sample } from '../source.ts';
import type { Encoder } from '../text/encoder.ts';
import { openEncoder } from '../text/open-encoder.ts';
import { hasLabels, readTexts } from '../text/read-texts.ts';
import { type TextOptions, textOptions } from '../text/text-options.ts';

/** Target where no token is asked for, as PyTorch's cross entropy has it. */
const NO_TARGET = -100n;

/** Texts, one a line or row, as token numbers. */
export const text = defineSource({
  kind: 'text',
  summary: 'texts as token numbers, by a tokenizer.json or a vocabulary of words',
  splits: [],
  options: textOptions,

  async open(options, { baseDir, where }) {
    const paths = await findPaths(options.files, baseDir, where);
    const texts = await readTexts(paths, options);
    if (texts.length === 0) throw noSamples(where, 'no line with text');
    const labels = hasLabels(options) ? texts.map(({ label = '' }) => label) : undefined;
    const known = labels && classLabels(labels, options.classes, where);
    const encoder = await openEncoder(options, baseDir, where);
    if (options.padding === 'max' && encoder.padId === undefined)
      throw tokenizerUnusable(where, 'no padding token: set padToken, or padding: none');
    return {
      length: texts.length,
      fields: ['input_ids', 'attention_mask', 'token_type_ids'],
      ...(encoder.size !== undefined && { tokens: encoder.size }),
      tasks: [known ? 'classification' : 'none', 'sequence'],
      ...(known?.classNames && { classNames: known.classNames }),
      read: async (index): Promise<Sample> => ({
        ...encode(texts[index].text, options, encoder, `${where}, text ${index + 1}`),
        ...(known && { label: known.labels[index] }),
      }),
    };
  },
});

/** Fields of one text, and as target the token that follows at each place. */
function encode(line: string, options: TextOptions, encoder: Encoder, where: string): Sample {
  const { maxLength, padding, truncation } = options;
  const { ids, typeIds } = encoder.encode(line, truncation ? maxLength : undefined);
  if (ids.length > maxLength) throw textTooLong(where, ids.length, maxLength);
  const length = padding === 'max' ? maxLength : ids.length;
  const pad = encoder.padId ?? 0;
  return {
    fields: {
      input_ids: int64(length, (i) => ids[i] ?? pad),
      attention_mask: int64(length, (i) => (i < ids.length ? 1 : 0)),
      token_type_ids: int64(length, (i) => typeIds[i] ?? 0),
    },
    target: int64(length, (i) => ids[i + 1]),
  };
}

/** `[length]`; `NO_TARGET` where there is no value. */
function int64(length: number, value: (index: number) => number | undefined): Tensor {
  const data = BigInt64Array.from({ length }, (_, i) => {
    const number = value(i);
    return number === undefined ? NO_TARGET : BigInt(number);
  });
  return { dtype: 'int64', shape: [length], data };
}
