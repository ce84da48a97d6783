import { constantOf } from '../onnx/constant-of.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import { Node } from '../onnx/ir/node.ts';
import { subgraphDepthFirst } from '../onnx/subgraph-depth-first.ts';
import { absorbedNames } from './absorb.ts';
import { badPattern, patternWithoutMatch } from './errors.ts';
import { nodeName } from './node-name.ts';
import { removedNames } from './removed-names.ts';

type Predicate = (node: Node) => boolean;

/** Properties a pattern `is:…` may ask for. */
const properties: Readonly<Record<string, Predicate>> = {
  depthwise: (node) => {
    const weight = shapeOfWeight(node);
    const group = node.int('group') ?? 1;
    // One input channel a group; with one output channel in all it is an ordinary convolution.
    return node.opType === 'Conv' && group > 1 && weight?.[1] === 1;
  },
  pointwise: (node) => node.opType === 'Conv' && isAllOnes(shapeOfWeight(node)?.slice(2)),
};

/** What stands before the colon of a pattern. */
const kinds: Readonly<Record<string, (text: string) => Predicate>> = {
  name: (text) => byName(globToRegExp(text)),
  re: (text) => byName(safeRegExp(text)),
  type: (text) => (node) => node.opType === text,
  is: (text) => {
    const property = Object.hasOwn(properties, text) ? properties[text] : undefined;
    if (!property)
      throw badPattern(`is:${text}`, `known properties are ${Object.keys(properties).join(', ')}`);
    return property;
  },
};

/**
 * The nodes, those in bodies of If, Loop and Scan too, that match any of the patterns: `name:GLOB` (also without
 * `name:`; `*` crosses `/` and `.`), `type:OP`, `is:depthwise`, `re:REGEX`. Fused nodes answer to all names they
 * absorbed; what cleaning removed is a match of no node. Throws `pattern-without-match`.
 */
export function matchNodes(graph: Graph, patterns: readonly string[]): Set<Node> {
  const matched = new Set<Node>();
  const nodes = [...subgraphDepthFirst(graph)].flatMap((inner) => [...inner.nodes]);
  const removed = removedNames(graph).map((name) => new Node({ opType: '', name, outputs: [] }));
  for (const pattern of patterns) {
    const matches = predicateOf(pattern);
    const found = nodes.filter(matches);
    if (found.length === 0 && !removed.some(matches)) throw patternWithoutMatch(pattern, nodes.map(nodeName));
    for (const node of found) matched.add(node);
  }
  return matched;
}

function predicateOf(pattern: string): Predicate {
  const [, kind, text] = /^(\w+):(.*)$/s.exec(pattern) ?? [undefined, 'name', pattern];
  // A name may hold a colon itself ("tensor:0"): what is no known kind belongs to the name.
  return Object.hasOwn(kinds, kind) ? kinds[kind](text) : kinds.name(pattern);
}

function byName(expression: RegExp): Predicate {
  return (node) => [nodeName(node), ...absorbedNames(node)].some((name) => expression.test(name));
}

function globToRegExp(glob: string): RegExp {
  const parts = glob.split(/([*?])/).map((part) => {
    if (part === '*') return '.*';
    return part === '?' ? '.' : part.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`, 's');
}

function safeRegExp(text: string): RegExp {
  try {
    return new RegExp(text, 's');
  } catch (cause) {
    throw badPattern(`re:${text}`, 'it is not a regular expression', cause);
  }
}

function shapeOfWeight({ inputs: [, weight] }: Node): readonly number[] | undefined {
  return weight && constantOf(weight)?.shape;
}

function isAllOnes(lengths: readonly number[] | undefined): boolean {
  return lengths !== undefined && lengths.length > 0 && lengths.every((n) => n === 1);
}
