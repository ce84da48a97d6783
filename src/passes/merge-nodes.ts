import type { Attribute } from '../onnx/ir/attribute.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { Value } from '../onnx/ir/value.ts';
import { subgraphDepthFirst } from '../onnx/subgraph-depth-first.ts';
import { opOf } from '../ops/index.ts';
import { rememberNames } from './absorb.ts';
import type { Pass } from './pass.ts';
import { pinnedValues } from './pinned-values.ts';

/**
 * Nodes of one graph that compute the same of the same become one. Operators pare does not know may hold a state, some
 * draw anew, bodies would have to be compared: those stay.
 */
export const mergeNodes: Pass = {
  name: 'merge-nodes',
  summary: 'computes once what several nodes compute alike',
  async run(model, { facts }) {
    const pinned = facts?.pinned ?? pinnedValues(model.graph);
    const identities = new Identities();
    let changes = 0;
    for (const graph of facts?.graphs ?? subgraphDepthFirst(model.graph)) {
      graph.sort();
      const kept = new Map<string, Node>();
      for (const node of [...graph.nodes]) {
        const key = keyOf(node, identities);
        if (key === undefined) continue;
        const first = kept.get(key) ?? node;
        kept.set(key, first);
        if (first === node || (isPinned(first, pinned) && isPinned(node, pinned))) continue;
        const [stays, goes] = isPinned(node, pinned) ? [node, first] : [first, node];
        const readers = onlyReaders(stays);
        merge(stays, goes);
        kept.set(key, stays);
        changes++;
        // What was the only reader before has company now.
        for (const reader of readers) {
          const readerKey = keyOf(reader, identities);
          if (readerKey !== undefined && !kept.has(readerKey)) kept.set(readerKey, reader);
        }
      }
    }
    return changes;
  },
};

function onlyReaders({ outputs, graph }: Node): Node[] {
  const readers = outputs.flatMap((value) => (value?.hasOneUse ? [value.uses[0].node] : []));
  return readers.filter((node) => node.graph === graph);
}

function merge(stays: Node, goes: Node): void {
  for (const [i, output] of goes.outputs.entries()) {
    const twin = stays.outputs[i];
    if (output && twin) output.replaceUses(twin);
  }
  rememberNames(stays, goes);
  goes.graph?.remove(goes);
}

function isPinned({ outputs }: Node, pinned: ReadonlySet<Value>): boolean {
  return outputs.some((value) => value && pinned.has(value));
}

/** Equal for nodes that compute the same; undefined for those that are like no other. */
function keyOf(node: Node, identities: Identities): string | undefined {
  // What nothing else reads has one reader only.
  if (!node.inputs[0] || node.inputs[0].hasOneUse) return undefined;
  const op = opOf(node);
  if (!op || op.keepsItsPlace) return undefined;
  const attributes: string[] = [];
  for (const [name, attribute] of node.attributes) {
    const text = textOf(attribute, identities);
    if (text === undefined) return undefined;
    attributes.push(`${name}=${text}`);
  }
  const inputs = node.inputs.map((value) => (value ? identities.of(value) : ''));
  const outputs = node.outputs.map((value) => (value ? 1 : 0));
  return `${node.domain}:${node.opType}(${inputs})${outputs}{${attributes.sort()}}`;
}

function textOf(attribute: Attribute, identities: Identities): string | undefined {
  switch (attribute.type) {
    case 'FLOAT':
    case 'INT':
    case 'FLOATS':
    case 'INTS':
    case 'STRING':
      return `${attribute.type}${attribute.value}`;
    case 'STRINGS':
      return `STRINGS${attribute.value.map((bytes) => `[${bytes}]`)}`;
    case 'TENSOR':
      return `TENSOR${identities.of(attribute.value)}`;
    default:
      return undefined;
  }
}

/** Numbers objects in the order they are met. */
class Identities {
  readonly #numbers = new Map<object, number>();

  of(thing: object): number {
    let number = this.#numbers.get(thing);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(thing, number);
    }
    return number;
  }
}
