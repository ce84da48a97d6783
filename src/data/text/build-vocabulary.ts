import { type TextCut, type Vocabulary, wordsOf } from './word-encoder.ts';

/** Which words a vocabulary takes. */
export interface VocabularyLimits extends TextCut {
  /** Words in all, `[PAD]` (0) and `[UNK]` (1) included. */
  size: number;
  /** How often a word must occur. */
  minCount: number;
}

const [PAD, UNKNOWN] = ['[PAD]', '[UNK]'];

/** The words of the texts by falling frequency, equally frequent ones in the order of their code units. */
export function buildVocabulary(
  texts: Iterable<string>,
  { size, minCount, ...cut }: VocabularyLimits,
): Vocabulary {
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const word of wordsOf(text, cut)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const words = Array.from(counts)
    .filter(([word, count]) => count >= minCount && word !== PAD && word !== UNKNOWN)
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .slice(0, size - 2)
    .map(([word]) => word);
  return { words: [PAD, UNKNOWN, ...words], pad: PAD, unknown: UNKNOWN };
}
