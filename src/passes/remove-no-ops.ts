import type { Node } from '../onnx/ir/node.ts';
import type { Shape } from '../onnx/ir/type.ts';
import { dataTypeOfCode } from '../tensor/data-types.ts';
import { bypass } from './bypass.ts';
import { equalShapes } from './equal-shapes.ts';
import { integersOf } from './integers-of.ts';
import { isFilledWith } from './is-filled-with.ts';
import { nodePass, type Scene } from './node-pass.ts';
import type { Pass } from './pass.ts';
import { sameShape } from './same-shape.ts';

type Rule = (node: Node, scene: Scene) => boolean | Promise<boolean>;

/** For operators that keep the order of elements: the shape is all they change. */
const keepsShape: Rule = (node, scene) => sameShape(inputShape(node, scene), outputShape(node, scene));
const keepsEachLength: Rule = (node, scene) => equalShapes(inputShape(node, scene), outputShape(node, scene));
const hasOneInput: Rule = (node) => node.inputs.length === 1;

/** With a constant for which input 0 stays; a constant that broadcasts it changes its shape. */
function neutral(element: number): Rule {
  return async (node, scene) => keepsEachLength(node, scene) && (await isFilledWith(element, node.inputs[1]));
}

/** The same for either operand; the constant becomes input 1. */
function neutralOnEitherSide(element: number): Rule {
  const isNeutral = neutral(element);
  return async (node, scene) => {
    if (await isNeutral(node, scene)) return true;
    const { inputs, output } = node;
    const [constant, data] = inputs;
    const keepsData = data && equalShapes(scene.types.get(data)?.shape, scene.types.get(output)?.shape);
    if (!keepsData || !(await isFilledWith(element, constant))) return false;
    node.setInputs([data, constant]);
    return true;
  };
}

/** When a node hands on its input 0 unchanged, by standard operator. */
const rules: Readonly<Record<string, Rule>> = {
  Add: neutralOnEitherSide(0),
  Cast: (node, { types }) => isSameType(typeOf(node, types), dataTypeOfCode(node.int('to') ?? 0)),
  CastLike: (node, { types }) =>
    isSameType(typeOf(node, types), node.inputs[1] && types.get(node.inputs[1])?.dtype),
  Concat: hasOneInput,
  Div: neutral(1),
  Expand: keepsEachLength,
  Flatten: keepsShape,
  Mean: hasOneInput,
  Mul: neutralOnEitherSide(1),
  Pad: async (node) => (await padsOf(node))?.every((n) => n === 0) ?? false,
  Reshape: keepsShape,
  Slice: async (node, scene) => keepsEachLength(node, scene) && (await hasUnitSteps(node)),
  Split: (node, scene) => node.outputs.length === 1 && keepsEachLength(node, scene),
  Squeeze: keepsShape,
  Sub: neutral(0),
  Sum: hasOneInput,
  Tile: async ({ inputs }) => (await integersOf(inputs[1]))?.every((n) => n === 1) ?? false,
  Transpose: (node, scene) => keepsOrder(node.ints('perm'), inputShape(node, scene)),
  Unsqueeze: keepsShape,
};

export const removeNoOps: Pass = nodePass({
  name: 'remove-no-ops',
  summary: 'removes nodes that change nothing: reshaping to the same shape, adding 0, padding by nothing',
  opTypes: Object.keys(rules),
  async rewrite(node, scene) {
    return (await rules[node.opType](node, scene)) && bypass(scene.graph, node, scene.pinned);
  },
});

function inputShape({ inputs: [data] }: Node, { types }: Scene): Shape | undefined {
  return data && types.get(data)?.shape;
}

function outputShape(node: Node, { types }: Scene): Shape | undefined {
  return types.get(node.output)?.shape;
}

function typeOf({ inputs: [data] }: Node, types: Scene['types']): string | undefined {
  return data && types.get(data)?.dtype;
}

function isSameType(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && a === b;
}

async function padsOf(pad: Node): Promise<readonly number[] | undefined> {
  return pad.ints('pads') ?? (await integersOf(pad.inputs[1]));
}

async function hasUnitSteps({ inputs }: Node): Promise<boolean> {
  return !inputs[4] || ((await integersOf(inputs[4]))?.every((n) => n === 1) ?? false);
}

/** Axes of length 1 may go anywhere, if the shape comes out the same. */
function keepsOrder(perm: readonly number[] | undefined, shape: Shape | undefined): boolean {
  if (perm?.every((from, to) => from === to)) return true;
  if (!shape) return false;
  const order = perm ?? [...shape.keys()].reverse();
  const long = order.filter((axis) => shape[axis] !== 1);
  const isInOrder = long.every((axis, i) => i === 0 || axis > long[i - 1]);
  return isInOrder && order.every((from, to) => shape[from] === shape[to] && shape[from] !== null);
}
