import { Node } from '../onnx/ir/node.ts';
import { Value } from '../onnx/ir/value.ts';
import { addConstantInput } from './add-constant-input.ts';
import { floatTypeOf } from './float-type-of.ts';
import type { Op, UpgradeContext } from './op.ts';
import { sameAsInput } from './same-as-input.ts';

/**
 * Before 13 these operators worked on all axes from `axis` (default 1) on as if they were one; since 13 on `axis` alone
 * (default −1). The two are the same on the last axis; elsewhere the axes are flattened around the node.
 */
function singleAxisSoftmax({ node, graph, rank }: UpgradeContext): void {
  const axis = node.int('axis') ?? 1;
  const axes = rank(0);
  node.setInt('axis', -1);
  if (axis === -1 || (axes !== undefined && axis === axes - 1)) return;
  const data = node.inputs[0];
  const { output } = node;
  const flat = graph.addNode({
    opType: 'Flatten',
    inputs: [data],
    outputName: `${output.name}_flat`,
    attributes: [['axis', { type: 'INT', value: BigInt(axis) }]],
  });
  const shape = graph.addNode({ opType: 'Shape', inputs: [data], outputName: `${output.name}_shape` });
  node.setInput(0, flat);
  const result = new Value(graph.freshName(`${output.name}_2d`));
  node.setOutputs([result]);
  graph.add(new Node({ opType: 'Reshape', inputs: [result, shape], outputs: [output] }));
}

export const activationOps: readonly Op[] = [
  {
    type: 'Relu',
    domain: '',
    infer: sameAsInput,
    role: { kind: 'clamp', bounds: () => ({ min: 0, max: undefined }) },
  },
  {
    type: 'Clip',
    domain: '',
    infer: sameAsInput,
    role: { kind: 'clamp', bounds: (node) => ({ min: node.inputs[1], max: node.inputs[2] }) },
    upgrades: {
      // Bounds became inputs, of the data's type; an absent one means the largest finite number before and after.
      11: (context) => {
        ['min', 'max'].forEach((name, i) => {
          addConstantInput(context, i + 1, name, floatTypeOf(context), context.node.float(name));
          context.node.attributes.delete(name);
        });
      },
    },
  },
  { type: 'LeakyRelu', domain: '', infer: sameAsInput, role: { kind: 'computed' } },
  {
    type: 'Sigmoid',
    domain: '',
    infer: sameAsInput,
    role: { kind: 'computed', fixedRange: { min: 0, max: 1 } },
  },
  { type: 'Tanh', domain: '', infer: sameAsInput },
  {
    type: 'Softmax',
    domain: '',
    infer: sameAsInput,
    role: { kind: 'computed', fixedRange: { min: 0, max: 1 } },
    upgrades: { 13: singleAxisSoftmax },
  },
  { type: 'LogSoftmax', domain: '', infer: sameAsInput, upgrades: { 13: singleAxisSoftmax } },
  { type: 'Hardmax', domain: '', infer: sameAsInput, upgrades: { 13: singleAxisSoftmax } },
  { type: 'PRelu', domain: '', infer: sameAsInput },
];
