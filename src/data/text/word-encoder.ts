import type { Encoder } from './encoder.ts';

/** A vocabulary: its words, each numbered by its place. */
export interface Vocabulary {
  readonly words: readonly string[];
  readonly pad: string;
  readonly unknown: string;
}

/** Words between blanks as their numbers in the vocabulary; others get the number of `unknown`. */
export function wordEncoder({ words, pad, unknown }: Vocabulary, lowercase: boolean): Encoder {
  const ids = new Map(words.map((word, id) => [word, id]));
  const unknownId = ids.get(unknown) ?? 0;
  return {
    padId: ids.get(pad),
    encode: (text, maxLength) => {
      const found = wordsOf(text, lowercase).slice(0, maxLength);
      return {
        ids: found.map((word) => ids.get(word) ?? unknownId),
        typeIds: new Array<number>(found.length).fill(0),
      };
    },
  };
}

/** What stands between blanks. */
export function wordsOf(text: string, lowercase: boolean): string[] {
  return (lowercase ? text.toLowerCase() : text).split(/\s+/).filter((word) => word !== '');
}
