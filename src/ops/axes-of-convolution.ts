import { type AxisLink, type AxisMap, inputAxis, outputAxis } from './axis-map.ts';
import type { AxesContext } from './op.ts';

/** Which inputs hold what; per-channel parameters (biases, scales, zero points) have one axis, of the output channels. */
interface ConvolutionInputs {
  readonly weight: number;
  readonly perChannel: readonly number[];
}

/**
 * Axis rule of Conv and its kin: data [N, C, …], weight [M, C / group, kernel …], output [N, M, …].
 * Depthwise (group = C): index i of the data's channels makes the M / C outputs from i · M / C on.
 */
export function axesOfConvolution(
  { node, inputShape }: AxesContext,
  { weight, perChannel }: ConvolutionInputs = { weight: 1, perChannel: [2] },
): AxisMap | undefined {
  const rank = inputShape(0)?.length ?? inputShape(weight)?.length;
  const [outputs, perGroup] = inputShape(weight) ?? [];
  if (rank === undefined) return undefined;
  const groups = node.int('group') ?? 1;
  const vectors = perChannel.filter(
    (index) => inputShape(index)?.length === 1 && inputShape(index)?.[0] !== 1,
  );
  const data = inputAxis(0, 1);
  const produced = [inputAxis(weight, 0), ...vectors.map((index) => inputAxis(index, 0)), outputAxis(0, 1)];
  return [
    { kind: 'same', places: [inputAxis(0, 0), outputAxis(0, 0)] },
    ...spatialLinks(rank),
    { kind: 'same', places: produced },
    ...channelLinks(),
  ];

  function channelLinks(): AxisLink[] {
    const consumed = inputAxis(weight, 1);
    if (groups === 1) return [{ kind: 'reduced', places: [data, consumed], isSum: true }];
    if (perGroup === 1 && typeof outputs === 'number') {
      const count = outputs / groups;
      if (count === 1) return [{ kind: 'same', places: [data, ...produced] }];
      return [{ kind: 'repeated', part: data, whole: outputAxis(0, 1), count, order: 'runs' }];
    }
    return [
      { kind: 'grouped', places: [data, inputAxis(weight, 0), outputAxis(0, 1)], groups },
      { kind: 'repeated', part: consumed, whole: data, count: groups, order: 'blocks' },
    ];
  }
}

/** Windows slide along the axes behind batch and channels. */
export function spatialLinks(rank: number): AxisLink[] {
  return Array.from({ length: Math.max(0, rank - 2) }, (_, i) => ({
    kind: 'mixed' as const,
    places: [inputAxis(0, i + 2), outputAxis(0, i + 2)],
  }));
}
