import { Node } from '../onnx/ir/node.ts';
import { Value } from '../onnx/ir/value.ts';
import { axesKept } from './axes-kept.ts';
import { normalizeAxis } from './normalize-axis.ts';
import type { AxesContext, Op, UpgradeContext } from './op.ts';
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

/** By the newest meaning: along one axis. */
function axes(context: AxesContext) {
  const axis = context.node.int('axis') ?? -1;
  return axesKept(context, (own, rank) => own === normalizeAxis(axis, rank));
}

const upgrades = { 13: singleAxisSoftmax };

export const softmaxOps: readonly Op[] = [
  {
    type: 'Softmax',
    domain: '',
    infer: sameAsInput,
    axes,
    role: { kind: 'computed', fixedRange: { min: 0, max: 1 } },
    upgrades,
  },
  { type: 'LogSoftmax', domain: '', infer: sameAsInput, axes, upgrades },
  { type: 'Hardmax', domain: '', infer: sameAsInput, axes, upgrades },
];
