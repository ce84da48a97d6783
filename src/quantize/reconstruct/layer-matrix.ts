import type { Node } from '../../onnx/ir/node.ts';
import { Value } from '../../onnx/ir/value.ts';
import type { GraphWriter } from '../../ops/graph-writer.ts';
import type { WeightSite } from '../weights/weight-sites.ts';

/** A weight as matrices that multiply the inputs of a layer, one a group of channels. */
export interface LayerMatrix {
  readonly layer: Node;
  /** Groups of channels, each with inputs of its own. */
  readonly groups: number;
  /** Outputs of a group. */
  readonly rows: number;
  /** Inputs that each of them sums over. */
  readonly depth: number;
  /** Place in the weight of an input of a row, rows of all groups counted on. */
  place(row: number, input: number): number;
  /**
   * What the rows read, in the graph of the layer or of its copy: [batch, channels, …] of a convolution, else [.., depth].
   * @param write into that graph
   */
  reads(layer: Node, write: GraphWriter): Value;
}

/** Undefined where the weight is used in several places, or otherwise than layers do that have such a form. */
export function layerMatrix(site: WeightSite): LayerMatrix | undefined {
  const { readers } = site;
  if (readers.length > 1) return undefined;
  const [{ node, role }] = readers;
  // Others read what is made of it.
  if (node.inputs[role.input] !== site.value) return undefined;
  if (node.domain === '' && node.opType === 'Conv') return ofConvolution(site, node);
  if (role.product && (node.int('transA') ?? 0) === 0)
    return ofProduct(site, node, role.product.isTransposed);
  return node.domain === '' && RECURRENT.has(node.opType) ? ofRecurrence(site, node, role.input) : undefined;
}

const firstInput = (layer: Node): Value => layer.inputs[0]!;

function ofConvolution({ source: { shape } }: WeightSite, layer: Node): LayerMatrix {
  const groups = layer.int('group') ?? 1;
  const depth = shape.slice(1).reduce((product, n) => product * n, 1);
  const place = (row: number, input: number) => row * depth + input;
  return { layer, groups, rows: shape[0] / groups, depth, place, reads: firstInput };
}

function ofProduct(
  { source: { shape } }: WeightSite,
  layer: Node,
  isTransposed: boolean,
): LayerMatrix | undefined {
  if (shape.length !== 2) return undefined;
  const [rows, depth] = isTransposed ? shape : [shape[1], shape[0]];
  const place = isTransposed
    ? (row: number, input: number) => row * depth + input
    : (row: number, input: number) => input * rows + row;
  return { layer, groups: 1, rows, depth, place, reads: firstInput };
}

const RECURRENT: ReadonlySet<string> = new Set(['LSTM', 'GRU', 'RNN']);
/** Inputs of recurrent layers. */
const [OF_STATE, FIRST_STATE] = [2, 5];

/** Gates of a layer of one direction: of the input what is read at each step, of the state what the step before gave. */
function ofRecurrence(
  { source: { shape } }: WeightSite,
  layer: Node,
  input: number,
): LayerMatrix | undefined {
  const [directions, rows, depth] = shape;
  if (directions !== 1 || (layer.int('layout') ?? 0) !== 0) return undefined;
  const place = (row: number, column: number) => row * depth + column;
  const reads = input === OF_STATE ? statesBefore : firstInput;
  return { layer, groups: 1, rows, depth, place, reads };
}

/** Y [steps, 1, batch, hidden] one step later, the first state in front. */
function statesBefore(layer: Node, write: GraphWriter): Value {
  if (!layer.outputs[0])
    layer.setOutputs([new Value(write.graph.freshName('states')), ...layer.outputs.slice(1)]);
  const states = layer.outputs[0]!;
  const isReverse = layer.string('direction') === 'reverse';
  const [from, to] = isReverse ? [1, Number.MAX_SAFE_INTEGER] : [0, -1];
  const later = write.op('Slice', [states, write.ints([from]), write.ints([to]), write.ints([0])]);
  const given = layer.inputs[FIRST_STATE];
  const first = given
    ? write.op('Unsqueeze', [given, write.ints([0])])
    : write.op('Mul', [
        write.op('Slice', [states, write.ints([0]), write.ints([1]), write.ints([0])]),
        write.scalar(0),
      ]);
  return write.op('Concat', isReverse ? [later, first] : [first, later], { axis: 0 });
}
