import { layoutHasNoName } from '../errors.ts';
import type { FileLayout } from '../file-layout.ts';
import type { Variant } from '../step.ts';

/** Ends of names by format of the weights, in float32 and in half precision. Source: transformers.js, src/utils/dtypes.js. */
const suffixes: Readonly<Record<string, string>> = {
  float16: 'fp16',
  int8: 'int8',
  uint8: 'uint8',
  int4: 'q4',
  uint4: 'q4',
};
const halfSuffixes: Readonly<Record<string, string>> = { float16: 'fp16', int4: 'q4f16', uint4: 'q4f16' };

/** What @huggingface/transformers loads: `onnx/model_q4.onnx` beside `config.json` and the tokenizer's files. */
export const transformersJs: FileLayout = {
  name: 'transformers-js',
  summary: 'onnx/model_q4.onnx and the like, beside config and tokenizer',
  modelPath: (input, variant) => `onnx/${baseName(input)}_${suffixOf(variant)}.onnx`,
  rootOf: (input) => input.replace(/(^|[\\/])onnx[\\/][^\\/]*$/, '$1').replace(/[^\\/]*\.onnx$/, ''),
  externalDataHint: 'Set transformers.js_config.use_external_data_format in config.json, or when loading.',
  companions: [
    ...['config.json', 'generation_config.json', 'preprocessor_config.json', 'processor_config.json'],
    ...['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json', 'added_tokens.json'],
    ...['vocab.json', 'vocab.txt', 'merges.txt', 'chat_template.jinja'],
  ],
};

function suffixOf({ weights, activations, computesInFloat }: Variant): string {
  if (!computesInFloat) return 'quantized';
  const known = activations === undefined ? suffixes : halfSuffixes;
  if (!Object.hasOwn(known, weights)) throw layoutHasNoName('transformers.js', weights, activations);
  return known[weights];
}

/** Models in a folder `onnx` keep their name (`decoder_model_merged`); others get the one that is looked for. */
function baseName(input: string): string {
  const [file = '', folder] = input.split(/[\\/]/).reverse();
  return folder === 'onnx' ? file.replace(/\.onnx$/, '') : 'model';
}
