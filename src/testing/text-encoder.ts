import type { Model } from '../onnx/ir/model.ts';
import type { Value } from '../onnx/ir/value.ts';
import { float, GraphBuilder } from './build-graph.ts';
import { f32, int64 } from './tensors.ts';

export interface EncoderSizes {
  readonly vocabulary: number;
  readonly positions: number;
  /** Numbers a token, a multiple of `heads`. */
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
}

/** A BERT-like encoder of random weights: input_ids, attention_mask, token_type_ids to last_hidden_state. */
export function textEncoder(sizes: EncoderSizes): Model {
  const { vocabulary, positions, width, layers } = sizes;
  const b = new GraphBuilder('encoder');
  const [ids, mask, kinds] = ['input_ids', 'attention_mask', 'token_type_ids'].map((name) =>
    b.input(name, ['batch', 'sequence'], 'int64'),
  );
  const table = (name: string, rows: number) => b.constant(name, f32([rows, width], name, 0.5));
  const words = b.node('Gather', [table('words', vocabulary), ids], { name: 'embed_words' });
  const types = b.node('Gather', [table('types', 2), kinds], { name: 'embed_types' });
  const length = b.node('Shape', [ids], { attributes: { start: 1, end: 2 } });
  const zero = b.constant('zero', int64([0]));
  const places = b.node('Slice', [table('places', positions), zero, length, zero], { name: 'embed_places' });
  let x = norm(b, 'embed', b.node('Add', [b.node('Add', [words, types]), places]), width);

  const visible = b.node('Cast', [mask], { attributes: { to: 1 } });
  const hidden = b.node('Sub', [b.constant('one', f32Scalar(1)), visible]);
  const masked = b.node('Mul', [hidden, b.constant('lowest', f32Scalar(-3.4028234663852886e38))]);
  const penalty = b.node('Unsqueeze', [masked, b.constant('axes', int64([1, 2]))]);
  for (let layer = 0; layer < layers; layer++) x = encoderLayer(b, `layer${layer}`, x, penalty, sizes);
  const output = b.node('Identity', [x], { outputs: ['last_hidden_state'] });
  output.type = { kind: 'tensor', dtype: 'float', shape: ['batch', 'sequence', width] };
  return b.model(17, output);
}

function encoderLayer(b: GraphBuilder, name: string, x: Value, penalty: Value, sizes: EncoderSizes): Value {
  const { width, heads } = sizes;
  const split = b.constant(`${name}.split`, int64([0, 0, heads, width / heads]));
  const joined = b.constant(`${name}.join`, int64([0, 0, width]));
  const [q, k, v] = ['q', 'k', 'v'].map((part) => {
    const rows = b.node('Reshape', [linear(b, `${name}.${part}`, x, width, width), split]);
    return b.node('Transpose', [rows], { attributes: { perm: part === 'k' ? [0, 2, 3, 1] : [0, 2, 1, 3] } });
  });
  const size = b.constant(`${name}.size`, f32Scalar(Math.sqrt(width / heads)));
  const scores = b.node('Add', [b.node('Div', [b.node('MatMul', [q, k]), size]), penalty]);
  const mixed = b.node('MatMul', [b.node('Softmax', [scores], { attributes: { axis: -1 } }), v]);
  const turned = b.node('Transpose', [mixed], { attributes: { perm: [0, 2, 1, 3] } });
  const attended = linear(b, `${name}.out`, b.node('Reshape', [turned, joined]), width, width);
  const middle = norm(b, `${name}.attention`, b.node('Add', [x, attended]), width);
  const wide = b.node('Relu', [linear(b, `${name}.up`, middle, width, 4 * width)]);
  const narrow = linear(b, `${name}.down`, wide, 4 * width, width);
  return norm(b, `${name}.output`, b.node('Add', [middle, narrow]), width);
}

function linear(b: GraphBuilder, name: string, x: Value, inputs: number, outputs: number): Value {
  const weight = b.constant(`${name}.weight`, f32([inputs, outputs], name, 1 / Math.sqrt(inputs)));
  const product = b.node('MatMul', [x, weight], { name });
  return b.node('Add', [product, b.constant(`${name}.bias`, f32([outputs], `${name}.b`, 0.1))]);
}

function norm(b: GraphBuilder, name: string, x: Value, width: number): Value {
  const ones = b.constant(`${name}.gamma`, f32([width], `${name}.g`, 0.3));
  const shift = b.constant(`${name}.beta`, f32([width], `${name}.s`, 0.1));
  return b.node('LayerNormalization', [x, ones, shift], {
    name: `${name}.norm`,
    attributes: { axis: -1, epsilon: float(1e-5) },
  });
}

function f32Scalar(value: number) {
  return { dtype: 'float' as const, shape: [], data: Float32Array.of(value) };
}
