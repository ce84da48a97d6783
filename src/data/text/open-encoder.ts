import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { datasetMissing, fileTooLarge, tokenizerUnusable } from '../errors.ts';
import { findPaths } from '../find-files.ts';
import { pathKind } from '../path-kind.ts';
import { buildVocabulary } from './build-vocabulary.ts';
import type { Encoder } from './encoder.ts';
import { linesOf, readTexts } from './read-texts.ts';
import type { TextOptions } from './text-options.ts';
import { tokenizerEncoder } from './tokenizer-encoder.ts';
import { wordEncoder } from './word-encoder.ts';

const MAX_TOKENIZER_BYTES = 2 ** 27;
const MAX_WORDS = 10_000_000;
/** Names of padding and of words that are not in the list, as vocabularies have them. */
const PADS = ['[PAD]', '<pad>', '<PAD>'];
const UNKNOWNS = ['[UNK]', '<unk>', '<UNK>'];

/** The tokenizer or vocabulary of a text data set. Throws a PareError where it cannot be read or lacks what is needed. */
export async function openEncoder(options: TextOptions, baseDir: string, where: string): Promise<Encoder> {
  const { tokenizer, vocabulary, lowercase, unit, padToken } = options;
  if (tokenizer !== undefined) return openTokenizer(resolve(baseDir, tokenizer), padToken);
  if (typeof vocabulary !== 'object') return openVocabulary(resolve(baseDir, vocabulary ?? ''), options);
  const { from, size, minCount } = vocabulary;
  const paths = await findPaths(from, baseDir, where);
  const texts = await readTexts(paths, options);
  const built = buildVocabulary(
    texts.map(({ text }) => text),
    { size, minCount, lowercase, unit },
  );
  return wordEncoder(built, { lowercase, unit });
}

async function openTokenizer(path: string, padToken: string | undefined): Promise<Encoder> {
  if ((await pathKind(path)) !== 'file') throw datasetMissing(path);
  const { size } = await stat(path);
  if (size > MAX_TOKENIZER_BYTES) throw fileTooLarge(path, size, MAX_TOKENIZER_BYTES);
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw tokenizerUnusable(path, cause instanceof Error ? cause.message : String(cause), cause);
  }
  return tokenizerEncoder(json, padToken, path);
}

async function openVocabulary(path: string, { lowercase, unit, padToken }: TextOptions): Promise<Encoder> {
  if ((await pathKind(path)) !== 'file') throw datasetMissing(path);
  const words: string[] = [];
  for await (const line of linesOf(path)) {
    if (words.length >= MAX_WORDS) throw fileTooLarge(path, words.length, MAX_WORDS);
    words.push(unit === 'characters' ? line : line.trim());
  }
  const pad = padToken ?? PADS.find((word) => words.includes(word));
  const unknown = UNKNOWNS.find((word) => words.includes(word));
  if (pad === undefined || unknown === undefined || !words.includes(pad))
    throw tokenizerUnusable(
      path,
      `${words.length} words without ${unknown ? (pad ?? PADS[0]) : UNKNOWNS[0]}`,
    );
  return wordEncoder({ words, pad, unknown }, { lowercase, unit });
}
