// Perplexity of a 5-gram model of characters, for comparison: Kneser-Ney with one discount, interpolated down to single
// characters (Chen & Goodman 1999, §4.1.6), on the characters a char-gpt of the same data is asked for.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { places } from '../quantize/places.mjs';

const ORDER = 5;
const LENGTH = 128;
/** Chosen on the last tenth of the training sentences. */
const DISCOUNT = 0.75;

export function fiveGramPerplexity(discount = DISCOUNT) {
  const train = sentences('stsa.binary.train');
  return perplexity(model(train, discount), sentences('stsa.binary.test'));
}

function sentences(name) {
  const lines = readFileSync(join(places.assets, 'text', name), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => [...line.slice(2)].slice(0, LENGTH).join(''));
}

/** Counts of each order: of the longest as they are, of shorter ones how many characters stand before them. */
function model(texts, discount) {
  const counts = Array.from({ length: ORDER }, () => new Map());
  for (const text of texts)
    for (let i = 0; i < text.length; i++)
      for (let n = 1; n <= ORDER && n <= i + 1; n++) {
        const gram = text.slice(i - n + 1, i + 1);
        // At a sentence's begin no longer context is there, so that a count stands for itself.
        if (n === ORDER || n === i + 1) add(counts[n - 1], gram, 1);
      }
  for (let n = ORDER; n > 1; n--)
    for (const gram of counts[n - 1].keys()) add(counts[n - 2], gram.slice(1), 1);
  const contexts = counts.map((grams) => {
    const found = new Map();
    for (const [gram, count] of grams) {
      const entry = found.get(gram.slice(0, -1)) ?? { total: 0, kinds: 0 };
      entry.total += count;
      entry.kinds++;
      found.set(gram.slice(0, -1), entry);
    }
    return found;
  });
  const letters = counts[0].size + 1;
  const probability = (context, letter) => {
    const n = context.length;
    const lower = n === 0 ? 1 / letters : probability(context.slice(1), letter);
    const entry = contexts[n].get(context);
    if (!entry) return lower;
    const count = counts[n].get(context + letter) ?? 0;
    return (Math.max(count - discount, 0) + discount * entry.kinds * lower) / entry.total;
  };
  return probability;
}

function add(map, key, value) {
  map.set(key, (map.get(key) ?? 0) + value);
}

function perplexity(probability, texts) {
  let sum = 0;
  let count = 0;
  for (const text of texts)
    for (let i = 1; i < text.length; i++) {
      sum -= Math.log(probability(text.slice(Math.max(i - ORDER + 1, 0), i), text[i]));
      count++;
    }
  return Math.exp(sum / count);
}
