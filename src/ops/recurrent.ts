import type { TensorType } from '../onnx/ir/type.ts';
import { elementCount } from '../tensor/element-count.ts';
import { type AxisLink, type AxisMap, inputAxis, outputAxis } from './axis-map.ts';
import type { AxesContext, CostContext, DynamicForm, InferenceContext, Op } from './op.ts';

/**
 * RNN, GRU, LSTM: X [T, B, I], W [D, gates · H, I], R [D, gates · H, H], B [D, 2 · gates · H], lengths [B], initial
 * states [D, B, H], peepholes [D, 3 · H]; Y [T, D, B, H], last states [D, B, H]. With `layout` = 1 batches come first:
 * X [B, T, I], states [B, D, H], Y [B, T, D, H].
 */
interface RecurrentFacts {
  readonly gates: number;
  /** Outputs behind Y that hold last states. */
  readonly states: number;
  readonly dynamic?: DynamicForm;
}

export function inferRecurrent({ node, type }: InferenceContext, states: number): (TensorType | undefined)[] {
  const data = type(0);
  if (!data) return [];
  const [first, second] = data.shape ?? [null, null];
  const directions = node.string('direction') === 'bidirectional' ? 2 : 1;
  const hidden = node.int('hidden_size') ?? type(2)?.shape?.[2] ?? null;
  const isBatchFirst = node.int('layout') === 1;
  const all = isBatchFirst ? [first, second, directions, hidden] : [first, directions, second, hidden];
  const last = isBatchFirst ? [first, directions, hidden] : [directions, second, hidden];
  return [
    { ...data, shape: all },
    ...Array.from({ length: states }, (): TensorType => ({ ...data, shape: last })),
  ];
}

function axesOfRecurrent({ node }: AxesContext, { gates, states }: RecurrentFacts): AxisMap {
  const isBatchFirst = node.int('layout') === 1;
  const batch = isBatchFirst ? 0 : 1;
  // Initial states are the inputs from 5 on.
  const initial = Array.from({ length: states }, (_, i) => 5 + i).filter((i) => node.inputs[i]);
  const last = Array.from({ length: states }, (_, i) => 1 + i).filter((i) => node.outputs[i]);
  const y = node.outputs[0] ? [outputAxis(0, 3)] : [];
  const hidden = [...initial.map((i) => inputAxis(i, 2)), ...y, ...last.map((i) => outputAxis(i, 2))];
  const unit = inputAxis(2, 2);
  const blocks = (index: number, count: number): AxisLink[] =>
    node.inputs[index]
      ? [{ kind: 'repeated', part: unit, whole: inputAxis(index, 1), count, order: 'blocks' }]
      : [];
  return [
    { kind: 'reduced', places: [inputAxis(0, 2), inputAxis(1, 2)], isSum: true },
    { kind: 'same', places: [unit, ...hidden] },
    ...blocks(1, gates),
    ...blocks(2, gates),
    ...blocks(3, 2 * gates),
    ...blocks(7, 3),
    {
      kind: 'same',
      places: [
        inputAxis(0, batch),
        ...(node.inputs[4] ? [inputAxis(4, 0)] : []),
        ...initial.map((i) => inputAxis(i, batch)),
        ...(node.outputs[0] ? [outputAxis(0, isBatchFirst ? 0 : 2)] : []),
        ...last.map((i) => outputAxis(i, batch)),
      ],
    },
    ...(node.outputs[0]
      ? [
          {
            kind: 'mixed' as const,
            places: [inputAxis(0, 1 - batch), outputAxis(0, isBatchFirst ? 1 : 0)],
          },
        ]
      : []),
  ];
}

/** T · B steps, each multiplying by W and R of every direction. */
function macsOfRecurrent({ inputShape }: CostContext): number {
  const [data, w, r] = [inputShape(0), inputShape(1), inputShape(2)];
  return data && w && r ? data[0] * data[1] * (elementCount(w) + elementCount(r)) : 0;
}

function recurrent(type: string, facts: RecurrentFacts): Op {
  return {
    type,
    domain: '',
    infer: (context) => inferRecurrent(context, facts.states),
    axes: (context) => axesOfRecurrent(context, facts),
    role: { kind: 'weighted', weight: 1, channelAxis: () => 1 },
    // One row of W and R a gate of a unit of a direction.
    weights: () => [1, 2].map((input) => ({ input, ownAxes: [0, 1] })),
    ...(facts.dynamic && { dynamic: facts.dynamic }),
    macs: macsOfRecurrent,
  };
}

export const recurrentOps: readonly Op[] = [
  recurrent('LSTM', { gates: 4, states: 2, dynamic: 'recurrence' }),
  recurrent('GRU', { gates: 3, states: 1 }),
  recurrent('RNN', { gates: 1, states: 1 }),
];
