import { constantOf } from '../../onnx/constant-of.ts';
import type { Graph } from '../../onnx/ir/graph.ts';
import { readTensorSource } from '../../onnx/ir/read-tensor-source.ts';
import type { TensorSource } from '../../onnx/ir/tensor-source.ts';
import type { Value } from '../../onnx/ir/value.ts';
import { subgraphDepthFirst } from '../../onnx/subgraph-depth-first.ts';
import { FLOAT16_MAX } from '../../tensor/float16.ts';

/** From here on a number stands for "no bound" or "masked", and float16's end says the same. */
const STANDS_FOR_INFINITE = 1e30;

export interface ConstantRanges {
  /** Constants with numbers float16 cannot hold: the nodes that read them must stay in float32. */
  readonly tooLarge: ReadonlySet<Value>;
  /** Constants whose numbers beyond float16 are so large that its ends serve as well. */
  readonly cut: ReadonlySet<Value>;
}

/** Looks through all float32 constants of a graph and the bodies inside it. */
export async function rangeOfConstants(graph: Graph): Promise<ConstantRanges> {
  const tooLarge = new Set<Value>();
  const cut = new Set<Value>();
  const seen = new Set<Value>();
  for (const { nodes } of subgraphDepthFirst(graph)) {
    for (const { inputs } of nodes) {
      for (const value of inputs) {
        const source = value && !seen.has(value) ? constantOf(value) : undefined;
        if (!value || source?.dtype !== 'float') continue;
        seen.add(value);
        const beyond = await numbersBeyond(source);
        if (beyond.length === 0) continue;
        (beyond.every((x) => x >= STANDS_FOR_INFINITE) ? cut : tooLarge).add(value);
      }
    }
  }
  return { tooLarge, cut };
}

/** Finite magnitudes that float16 cannot hold. */
async function numbersBeyond(source: TensorSource): Promise<Float32Array> {
  // Only float32 constants are asked for.
  const numbers = (await readTensorSource(source)).data as Float32Array;
  return numbers.map(Math.abs).filter((x) => x > FLOAT16_MAX && x < Infinity);
}
