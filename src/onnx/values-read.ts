import type { Node } from './ir/node.ts';
import type { Value } from './ir/value.ts';

/** What a node reads: its inputs, and what bodies of it (If, Loop, Scan) read, values around them among it. */
export function* valuesRead(node: Node): Iterable<Value> {
  for (const value of node.inputs) if (value) yield value;
  for (const body of node.subgraphs()) {
    for (const inner of body.nodes) yield* valuesRead(inner);
    yield* body.outputs;
  }
}
