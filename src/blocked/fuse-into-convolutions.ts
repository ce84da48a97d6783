import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { Value } from '../onnx/ir/value.ts';
import type { SmallConstants } from '../ops/small-constants.ts';
import { nchwcDomain } from './nchwc.ts';

interface FusionFacts {
  /** Values that are wanted though nobody reads them. */
  readonly kept: ReadonlySet<Value>;
  readonly constants: SmallConstants;
  /** Whether a value is a map in blocks. */
  isMap(value: Value): boolean;
}

/**
 * Lets blocked convolutions add another map to their result and cut it, where nobody else reads what comes before: passes
 * over memory that cost nothing there.
 */
export function fuseIntoConvolutions(graph: Graph, { kept, constants, isMap }: FusionFacts): void {
  const isInner = (value: Value) => !kept.has(value) && !graph.outputs.includes(value);
  // From the end, so that of two convolutions that meet in a sum the later one takes in the earlier.
  for (const node of [...graph.nodes].reverse()) if (isSum(node, isMap)) fuseSum(node, isInner);
  for (const node of [...graph.nodes]) fuseActivation(node, activationOf(node, constants), isInner);
  graph.sort();
}

type IsInner = (value: Value) => boolean;

/** Of two maps: kernels add nothing that is spread. */
function isSum({ domain, opType, inputs }: Node, isMap: (value: Value) => boolean): boolean {
  const isAddition = domain === '' && (opType === 'Add' || opType === 'Sum') && inputs.length === 2;
  return isAddition && inputs.every((value) => value && isMap(value));
}

/** A blocked convolution whose result goes only into this node, and is not cut yet. */
function convolutionBefore(node: Node, value: Value | undefined, isInner: IsInner): Node | undefined {
  const producer = value?.producer;
  if (!value || producer?.opType !== 'Conv' || producer.domain !== nchwcDomain) return undefined;
  const isOpen = !producer.attributes.has('activation');
  return isOpen && value.hasOneUse && value.isReadOnlyBy(node) && isInner(value) ? producer : undefined;
}

function fuseSum(node: Node, isInner: IsInner): void {
  const [a, b] = node.inputs;
  if (a === b) return;
  for (const [own, other] of [
    [a, b],
    [b, a],
  ]) {
    const convolution = convolutionBefore(node, own, isInner);
    if (!convolution || convolution.inputs[3] || !other) continue;
    const { output } = node;
    node.graph!.remove(node);
    convolution.setInput(3, other);
    convolution.setOutputs([output]);
    return;
  }
}

interface Activation {
  readonly name: string;
  readonly parameters?: readonly number[];
}

function fuseActivation(node: Node, activation: Activation | undefined, isInner: IsInner): void {
  const convolution = activation && convolutionBefore(node, node.inputs[0], isInner);
  if (!convolution) return;
  const { output } = node;
  node.graph!.remove(node);
  activate(convolution, activation);
  convolution.setOutputs([output]);
}

/** What the kernels can do of a node. */
function activationOf(node: Node, constants: SmallConstants): Activation | undefined {
  if (node.domain !== '') return undefined;
  if (node.opType === 'Relu') return { name: 'Relu' };
  if (node.opType !== 'Clip') return undefined;
  const [low, high] = [1, 2].map((index) => {
    const value = node.inputs[index];
    return value && constants.floats.get(value)?.[0];
  });
  return low === undefined || high === undefined ? undefined : { name: 'Clip', parameters: [low, high] };
}

/** Lets a blocked convolution put its result through an activation. */
export function activate(convolution: Node, { name, parameters }: Activation): void {
  convolution.attributes.set('activation', { type: 'STRING', value: new TextEncoder().encode(name) });
  if (parameters) convolution.attributes.set('activation_params', { type: 'FLOATS', value: [...parameters] });
}
