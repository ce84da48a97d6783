import type { Graph } from '../../onnx/ir/graph.ts';
import type { Node } from '../../onnx/ir/node.ts';
import type { Value } from '../../onnx/ir/value.ts';
import { type CompositeType, compositeDomain } from '../composite-ops.ts';
import { GraphWriter } from '../graph-writer.ts';
import { expandScanned } from '../recurrent-training/expand-scanned.ts';
import { replaceNode } from '../replace-node.ts';
import { expandBatchNormalizationGradient } from './batch-normalization.ts';
import { expandClipGradient } from './clip.ts';
import { convolutionFacts } from './convolution-facts.ts';
import { convolutionInputGradient } from './convolution-input-gradient.ts';
import { convolutionWeightGradient } from './convolution-weight-gradient.ts';
import { expandMaxPoolGradient } from './max-pool.ts';

/** Writes the outputs in order, each on demand. */
type Expansion = (node: Node, write: GraphWriter) => readonly (() => Value)[];

/** Composites in standard operators. */
const expansions: Readonly<Record<CompositeType, Expansion>> = {
  ConvolutionInputGradient: (node, write) => {
    const [dy, weight] = valuesOf(node);
    return [() => convolutionInputGradient(write, { ...convolutionFacts(node), dy, weight })];
  },
  ConvolutionWeightGradient: (node, write) => {
    const [dy, x] = valuesOf(node);
    return [() => convolutionWeightGradient(write, { ...convolutionFacts(node), dy, x })];
  },
  BatchNormalizationGradient: expandBatchNormalizationGradient,
  MaxPoolGradient: expandMaxPoolGradient,
  ClipGradient: expandClipGradient,
  Recurrence: expandScanned,
};

/** Spells out a composite. */
export function expandComposite(node: Node, write: GraphWriter, kept?: ReadonlySet<Value>): void {
  // Composites are written by `GraphWriter.composite`, which takes these names only.
  replaceNode(node, expansions[node.opType as CompositeType](node, write), kept);
}

/**
 * Spells out all composites of a graph.
 * @param kept values that are wanted though nobody reads them yet
 */
export function expandComposites(graph: Graph, kept: ReadonlySet<Value>): void {
  const write = new GraphWriter(graph);
  const composites = [...graph.nodes].filter(({ domain }) => domain === compositeDomain);
  // The last first: what only unused outputs need is not written.
  for (const node of composites.reverse()) expandComposite(node, write, kept);
  graph.sort();
}

/** Composites have all their inputs. */
function valuesOf(node: Node): Value[] {
  return node.inputs.map((value) => value!);
}
