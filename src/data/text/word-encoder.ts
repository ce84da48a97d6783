import type { Encoder } from './encoder.ts';

/** A vocabulary: its words, each numbered by its place. */
export interface Vocabulary {
  readonly words: readonly string[];
  readonly pad: string;
  readonly unknown: string;
}

/** Words (or characters) as their numbers in the vocabulary; others get the number of `unknown`. */
export function wordEncoder({ words, pad, unknown }: Vocabulary, cut: TextCut): Encoder {
  const ids = new Map(words.map((word, id) => [word, id]));
  const unknownId = ids.get(unknown) ?? 0;
  return {
    padId: ids.get(pad),
    size: words.length,
    encode: (text, maxLength) => {
      const found = wordsOf(text, cut).slice(0, maxLength);
      return {
        ids: found.map((word) => ids.get(word) ?? unknownId),
        typeIds: new Array<number>(found.length).fill(0),
      };
    },
  };
}

/** How a text is cut. */
export interface TextCut {
  readonly lowercase: boolean;
  readonly unit: 'words' | 'characters';
}

/** What stands between blanks; or every character, blanks too. */
export function wordsOf(text: string, { lowercase, unit }: TextCut): string[] {
  const read = lowercase ? text.toLowerCase() : text;
  return unit === 'characters' ? [...read] : read.split(/\s+/).filter((word) => word !== '');
}
