import { PareError } from '../base/pare-error.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import { matchNodes } from '../passes/match-nodes.ts';

/** Learning rates of nodes, from `PATTERN=FACTOR`; where several match, the last counts. */
export function ratesOf(graph: Graph, texts: readonly string[]): Map<Node, number> {
  const rates = new Map<Node, number>();
  for (const text of texts) {
    const [, pattern, factor] = /^(.+)=([^=]+)$/s.exec(text) ?? [];
    const rate = Number(factor);
    if (pattern === undefined || !Number.isFinite(rate) || rate < 0) throw badRate(text);
    for (const node of matchNodes(graph, [pattern])) rates.set(node, rate);
  }
  return rates;
}

function badRate(text: string): PareError {
  return new PareError({
    code: 'bad-rate',
    message: `--rate ${text} is not understood.`,
    got: text,
    expected: 'PATTERN=FACTOR, the factor 0 or more: name:conv*=0.1',
    isUsage: true,
  });
}
