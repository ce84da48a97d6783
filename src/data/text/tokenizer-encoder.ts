import { Tokenizer } from '@huggingface/tokenizers';
import { tokenizerUnusable } from '../errors.ts';
import type { Encoder, TokenIds } from './encoder.ts';

/** Padding tokens by custom, where a tokenizer.json does not say. */
const USUAL_PADS = ['[PAD]', '<pad>', '<|endoftext|>'];

/**
 * The tokenizer of a parsed tokenizer.json. Cutting to a length leaves what the tokenizer puts around a text ([CLS] …
 * [SEP]) and takes from the end of the text. Throws a PareError where the file describes no tokenizer.
 */
export function tokenizerEncoder(json: unknown, padToken: string | undefined, where: string): Encoder {
  if (typeof json !== 'object' || json === null || !('model' in json))
    throw tokenizerUnusable(where, 'no object with a model');
  const tokenizer = guarded(() => new Tokenizer(json, {}), where);
  const padId = padOf(json, tokenizer, padToken, where);
  return {
    padId,
    encode: (text, maxLength = Number.POSITIVE_INFINITY) =>
      guarded(() => {
        const encoded = tokenizer.encode(text, { return_token_type_ids: true });
        // Without a post-processor the library gives none, whatever its types say.
        const { ids, token_type_ids: typeIds = ids.map(() => 0) } = encoded;
        if (ids.length <= maxLength) return { ids, typeIds };
        const bare = tokenizer.encode(text, { add_special_tokens: false }).ids;
        return cut({ ids, typeIds }, bare, maxLength);
      }, where),
  };
}

/** Takes from the end of the bare text within the whole, where it stands there in one piece; else from the very end. */
function cut({ ids, typeIds }: TokenIds, bare: readonly number[], maxLength: number): TokenIds {
  const before = startOf(bare, ids);
  const after = ids.length - bare.length - before;
  const kept = maxLength - before - after;
  if (before < 0 || kept < 0) return { ids: ids.slice(0, maxLength), typeIds: typeIds.slice(0, maxLength) };
  const isKept = (_: number, i: number) => i < before + kept || i >= before + bare.length;
  return { ids: ids.filter(isKept), typeIds: typeIds.filter(isKept) };
}

/** Where `part` stands in `whole`, or −1. */
function startOf(part: readonly number[], whole: readonly number[]): number {
  for (let start = 0; start + part.length <= whole.length; start++)
    if (part.every((id, i) => whole[start + i] === id)) return start;
  return -1;
}

function padOf(
  json: object,
  tokenizer: Tokenizer,
  padToken: string | undefined,
  where: string,
): number | undefined {
  if (padToken !== undefined) {
    const id = tokenizer.token_to_id(padToken);
    if (id === undefined) throw tokenizerUnusable(where, `no token ${JSON.stringify(padToken)}`);
    return id;
  }
  const { padding } = json as { padding?: unknown }; // an object, as its caller has seen
  if (typeof padding === 'object' && padding !== null && 'pad_id' in padding && isId(padding.pad_id))
    return padding.pad_id;
  return USUAL_PADS.map((token) => tokenizer.token_to_id(token)).find((id) => id !== undefined);
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** The library throws plain errors on files it cannot make sense of. */
function guarded<T>(run: () => T, where: string): T {
  try {
    return run();
  } catch (cause) {
    throw tokenizerUnusable(where, cause instanceof Error ? cause.message : String(cause), cause);
  }
}
