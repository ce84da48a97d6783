import type { Value } from '../onnx/ir/value.ts';
import type { NetWriter } from './net-writer.ts';

export interface BlockFacts {
  readonly width: number;
  readonly heads: number;
  readonly length: number;
  /** Blocks there are: the more, the less each adds at first (Radford et al. 2019, §2.3). */
  readonly layers: number;
  /** Added to the scores, [T, T] or [N, 1, 1, T]: large negative numbers where nothing may be looked at. */
  readonly mask?: Value | undefined;
  /** Share of what the branches add that is dropped in training; default 0. */
  readonly dropout?: number;
}

/** x + attention(norm x), then + dense(norm x), normalized first (Vaswani et al. 2017; Xiong et al. 2020); [N, T, width]. */
export function transformerBlock(net: NetWriter, name: string, x: Value, facts: BlockFacts): Value {
  const { width, layers, dropout = 0 } = facts;
  const attended = attention(net, `${name}.attention`, net.layerNorm(`${name}.norm1`, x, width), facts);
  const middle = net.op(`${name}.add1`, 'Add', [x, net.dropout(`${name}.drop1`, attended, dropout)]);
  const inner = net.dense(`${name}.up`, net.layerNorm(`${name}.norm2`, middle, width), width, 4 * width);
  const down = net.dense(
    `${name}.down`,
    net.op(`${name}.gelu`, 'Gelu', [inner]),
    4 * width,
    width,
    firstGain(layers),
  );
  return net.op(`${name}.add2`, 'Add', [middle, net.dropout(`${name}.drop2`, down, dropout)]);
}

/** softmax(Q·Kᵀ/√d + mask)·V a head. */
function attention(
  net: NetWriter,
  name: string,
  x: Value,
  { width, heads, length, layers, mask }: BlockFacts,
): Value {
  const depth = width / heads;
  const part = (letter: string, perm: readonly number[]) => {
    const all = net.dense(`${name}.${letter}`, x, width, width);
    const split = net.op(`${name}.${letter}.split`, 'Reshape', [all, net.ints([-1, length, heads, depth])]);
    return net.op(`${name}.${letter}.heads`, 'Transpose', [split], { perm });
  };
  const [q, k, v] = [part('q', [0, 2, 1, 3]), part('k', [0, 2, 3, 1]), part('v', [0, 2, 1, 3])];
  const products = net.op(`${name}.scores`, 'MatMul', [q, k]);
  let scores = net.op(`${name}.scale`, 'Mul', [products, net.scalar(1 / Math.sqrt(depth))]);
  if (mask) scores = net.op(`${name}.mask`, 'Add', [scores, mask]);
  const weights = net.op(`${name}.softmax`, 'Softmax', [scores], { axis: -1 });
  const mixed = net.op(`${name}.mix`, 'MatMul', [weights, v]);
  const back = net.op(`${name}.order`, 'Transpose', [mixed], { perm: [0, 2, 1, 3] });
  const joined = net.op(`${name}.join`, 'Reshape', [back, net.ints([-1, length, width])]);
  return net.dense(`${name}.out`, joined, width, width, firstGain(layers));
}

/** Of what the two branches of a block add: small beside the vectors of words and places, which are not of length 1. */
function firstGain(layers: number): number {
  return 1 / (2 * layers);
}
