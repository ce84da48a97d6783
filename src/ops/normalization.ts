import { axesKept } from './axes-kept.ts';
import { type AxisLink, type AxisMap, inputAxis, outputAxis } from './axis-map.ts';
import { axesOfNormalization, inferLayerNorm } from './layer-norm.ts';
import { normalizeAxis } from './normalize-axis.ts';
import type { AxesContext, InferenceContext, Op, UpgradeContext } from './op.ts';
import { sameAsInput } from './same-as-input.ts';

/** Channels (axis 1) meet the vectors in the inputs `vectors`; `mixed` axes share statistics. */
function channelwise(
  { inputShape }: AxesContext,
  vectors: readonly number[],
  isMixed: (axis: number) => boolean,
): AxisMap | undefined {
  return inputShape(0)?.map((_, axis): AxisLink => {
    const parameters = axis === 1 ? vectors.map((index) => inputAxis(index, 0)) : [];
    const places = [inputAxis(0, axis), ...parameters, outputAxis(0, axis)];
    return { kind: isMixed(axis) ? 'mixed' : 'same', places };
  });
}

/** Running mean and variance follow where it is in training. */
function inferBatchNormalization({ node, type }: InferenceContext) {
  return [type(0), ...node.outputs.slice(1).map((_, i) => (i < 2 ? type(3 + i) : undefined))];
}

function axesOfGroups(context: AxesContext): AxisMap | undefined {
  const groups = context.node.int('num_groups') ?? 1;
  const links = channelwise(context, [1, 2], (axis) => axis > 1);
  return links && [...links, { kind: 'grouped', places: [inputAxis(0, 1), outputAxis(0, 1)], groups }];
}

/** One number a group becomes one a channel: [G] as a column, repeated along [G, C / G], laid out flat. */
function spreadOverChannels({ node, graph }: UpgradeContext): void {
  const groups = node.int('num_groups') ?? 1;
  const base = node.name || node.output.name;
  const ints = (name: string, values: readonly number[]) =>
    graph.addNode({
      opType: 'Constant',
      inputs: [],
      outputName: `${base}_${name}`,
      attributes: [['value_ints', { type: 'INTS', value: values.map(BigInt) }]],
    });
  const op = (opType: string, inputs: Parameters<typeof node.setInputs>[0], name: string) =>
    graph.addNode({ opType, inputs, outputName: `${base}_${name}`, attributes: [] });
  const channels = graph.addNode({
    opType: 'Shape',
    inputs: [node.inputs[0]],
    outputName: `${base}_channels`,
    attributes: [
      ['start', { type: 'INT', value: 1n }],
      ['end', { type: 'INT', value: 2n }],
    ],
  });
  const count = ints('groups', [groups]);
  const perGroup = op('Div', [channels, count], 'per_group');
  const one = ints('one', [1]);
  const repeats = graph.addNode({
    opType: 'Concat',
    inputs: [one, perGroup],
    outputName: `${base}_repeats`,
    attributes: [['axis', { type: 'INT', value: 0n }]],
  });
  for (const index of [1, 2]) {
    const column = op('Unsqueeze', [node.inputs[index], one], `column_${index}`);
    const spread = op('Expand', [column, repeats], `spread_${index}`);
    node.setInput(index, op('Reshape', [spread, channels], `by_channel_${index}`));
  }
}

/** Means and variances of codes would be those of their rounding errors too, and no engine has them on integers. */
const role = { kind: 'float', reason: 'it divides by a variance, which is computed in float' } as const;

export const normalizationOps: readonly Op[] = [
  {
    type: 'BatchNormalization',
    domain: '',
    role: { kind: 'float', reason: 'no layer in front of it could take it in' },
    infer: inferBatchNormalization,
    axes: (context) => channelwise(context, [1, 2, 3, 4], () => false),
    upgrades: {
      // `spatial` = 1, the default, is the only form left.
      9: ({ node }) => {
        node.attributes.delete('spatial');
      },
    },
  },
  {
    type: 'InstanceNormalization',
    domain: '',
    role,
    infer: sameAsInput,
    axes: (context) => channelwise(context, [1, 2], (axis) => axis > 1),
  },
  {
    type: 'GroupNormalization',
    domain: '',
    role,
    infer: sameAsInput,
    axes: axesOfGroups,
    // Scale and bias were one a group.
    upgrades: { 21: spreadOverChannels },
  },
  {
    type: 'LayerNormalization',
    domain: '',
    role,
    infer: inferLayerNorm,
    axes: (context) => axesOfNormalization(context, context.node.int('axis') ?? -1, [1, 2]),
  },
  {
    type: 'RMSNormalization',
    domain: '',
    role,
    infer: sameAsInput,
    axes: (context) => axesOfNormalization(context, context.node.int('axis') ?? -1, [1]),
  },
  {
    type: 'LRN',
    domain: '',
    role,
    infer: sameAsInput,
    axes: (context) => axesKept(context, (axis) => axis === 1),
  },
  {
    type: 'LpNormalization',
    domain: '',
    role,
    infer: sameAsInput,
    axes: (context) => {
      const along = context.node.int('axis') ?? -1;
      return axesKept(context, (axis, rank) => axis === normalizeAxis(along, rank));
    },
  },
  {
    type: 'MeanVarianceNormalization',
    domain: '',
    role,
    infer: sameAsInput,
    axes: (context) => {
      const along = context.node.ints('axes') ?? [0, 2, 3];
      return axesKept(context, (axis, rank) => along.some((own) => normalizeAxis(own, rank) === axis));
    },
  },
];
