import type { Node } from '../onnx/ir/node.ts';
import type { Value } from '../onnx/ir/value.ts';
import { GraphWriter } from './graph-writer.ts';
import { replaceNode } from './replace-node.ts';

type ShapeOf = (value: Value) => readonly number[];

/** What stands for −∞ where a mask says no. */
const LOWEST = -3.4028234663852886e38;

/**
 * Replaces an Attention of the standard domain by products, Softmax and what lies between, which have gradients.
 * @returns whether it was one, of a form that is known: not one that asks for the products of queries and keys, or whose keys
 *   are counted
 */
export function expandAttention(node: Node, shapeOf: ShapeOf): boolean {
  const { graph } = node;
  if (!graph || node.domain !== '' || node.opType !== 'Attention' || !isKnown(node, shapeOf)) return false;
  const write = new GraphWriter(graph);
  const heads = new Heads(node, write, shapeOf);
  const [q, newKeys, newValues] = [0, 1, 2].map((index) => heads.apart(index));
  const [keys, values] = [withPast(write, node, 4, newKeys), withPast(write, node, 5, newValues)];
  const width = heads.shape(0)[3];
  const scaled = write.op('Mul', [q, write.scalar(node.float('scale') ?? 1 / Math.sqrt(width))]);
  const scores = write.op('MatMul', [scaled, write.transpose(heads.repeated(keys, 1), [0, 1, 3, 2])]);
  const mask = node.inputs[3];
  const capped = softCapped(write, node, scores);
  const shifted = mask && !isBool(mask) ? write.op('Add', [capped, mask]) : capped;
  const weights = softmaxOfSeen(write, shifted, seenOf(write, node, heads));
  const result = write.op('MatMul', [weights, heads.repeated(values, 2)]);
  replaceNode(node, [
    () => heads.together(result),
    () => write.op('Identity', [keys]),
    () => write.op('Identity', [values]),
  ]);
  return true;
}

function isKnown(node: Node, shapeOf: ShapeOf): boolean {
  const past = node.inputs[4] ? shapeOf(node.inputs[4])[2] : 0;
  const asksForProducts = node.outputs[3] !== undefined;
  const isCounted = node.inputs[6] !== undefined;
  // What "causal" means behind a past changed between versions.
  const isCausalBehindPast = node.int('is_causal') === 1 && past > 0;
  return !asksForProducts && !isCounted && !isCausalBehindPast;
}

/** Queries, keys and values by heads: [batch, heads, length, width]. */
class Heads {
  readonly #node: Node;
  readonly #write: GraphWriter;
  readonly #shapeOf: ShapeOf;
  readonly #isFlat: boolean;

  constructor(node: Node, write: GraphWriter, shapeOf: ShapeOf) {
    this.#node = node;
    this.#write = write;
    this.#shapeOf = shapeOf;
    this.#isFlat = shapeOf(node.inputs[0]!).length === 3;
  }

  /** [batch, heads, length, width] of input 0, 1 or 2. */
  shape(index: number): readonly number[] {
    const own = this.#shapeOf(this.#node.inputs[index]!);
    if (!this.#isFlat) return own;
    const heads = this.#node.int(index === 0 ? 'q_num_heads' : 'kv_num_heads') ?? 1;
    return [own[0], heads, own[1], own[2] / heads];
  }

  apart(index: number): Value {
    const value = this.#node.inputs[index]!;
    if (!this.#isFlat) return value;
    const [batch, heads, length, width] = this.shape(index);
    const write = this.#write;
    return write.transpose(write.reshape(value, [batch, length, heads, width]), [0, 2, 1, 3]);
  }

  /** Keys or values, each for all queries that share it. */
  repeated(value: Value, index: 1 | 2): Value {
    const [batch, groups, , width] = this.shape(index);
    const times = this.shape(0)[1] / groups;
    if (times === 1) return value;
    const write = this.#write;
    const full = [batch, groups, times, this.total, width];
    const thin = write.reshape(value, [batch, groups, 1, this.total, width]);
    return write.reshape(write.op('Expand', [thin, write.ints(full)]), [
      batch,
      groups * times,
      this.total,
      width,
    ]);
  }

  /** Keys, those of the past among them. */
  get total(): number {
    const past = this.#node.inputs[4];
    return this.shape(1)[2] + (past ? this.#shapeOf(past)[2] : 0);
  }

  together(value: Value): Value {
    const write = this.#write;
    const [batch, heads, length] = this.shape(0);
    if (!this.#isFlat) return write.op('Identity', [value]);
    return write.reshape(write.transpose(value, [0, 2, 1, 3]), [batch, length, heads * this.shape(2)[3]]);
  }
}

const comparisons = /^(Equal|Greater|Less|GreaterOrEqual|LessOrEqual|And|Or|Not|Xor|IsNaN|IsInf)$/;

function isBool({ type, producer }: Value): boolean {
  return (type?.kind === 'tensor' && type.dtype === 'bool') || comparisons.test(producer?.opType ?? '');
}

function withPast(write: GraphWriter, node: Node, index: number, value: Value): Value {
  const past = node.inputs[index];
  return past ? write.op('Concat', [past, value], { axis: 2 }) : value;
}

/** c · tanh(x / c) */
function softCapped(write: GraphWriter, node: Node, scores: Value): Value {
  const cap = node.float('softcap') ?? 0;
  if (cap === 0) return scores;
  const part = write.op('Tanh', [write.op('Mul', [scores, write.scalar(1 / cap)])]);
  return write.op('Mul', [part, write.scalar(cap)]);
}

/** Softmax over the keys. Where all are hidden the result is 0, as engines have it. */
function softmaxOfSeen(write: GraphWriter, scores: Value, seen: readonly Value[]): Value {
  const hidden = (value: Value, fill: number) =>
    seen.reduce((result, mask) => write.op('Where', [mask, result, write.scalar(fill)]), value);
  return hidden(write.op('Softmax', [hidden(scores, LOWEST)], { axis: -1 }), 0);
}

/** What each query may look at, as Booleans that broadcast over the scores. */
function seenOf(write: GraphWriter, node: Node, heads: Heads): Value[] {
  const mask = node.inputs[3];
  const seen = mask && isBool(mask) ? [mask] : [];
  if (node.int('is_causal') !== 1) return seen;
  const [rows, columns] = [heads.shape(0)[2], heads.total];
  const data = Uint8Array.from({ length: rows * columns }, (_, i) =>
    i % columns <= Math.floor(i / columns) ? 1 : 0,
  );
  return [...seen, write.constant({ dtype: 'bool', shape: [rows, columns], data })];
}
