import type { Tensor } from '../base/tensor.ts';
import type { Model } from '../onnx/ir/model.ts';

/**
 * What one of several engines is fed of a step: its rows of what has as many times the rows it wants, all of everything else.
 * @param model of one share, whose inputs all have fixed shapes
 */
export function shareOf(
  feeds: Readonly<Record<string, Tensor>>,
  { graph }: Model,
  share: number,
  shares: number,
): Record<string, Tensor> {
  return Object.fromEntries(
    graph.inputs.map(({ name, type }) => {
      const rows = type?.kind === 'tensor' ? type.shape?.[0] : undefined;
      const tensor = feeds[name];
      return [name, tensor.shape[0] === rows ? tensor : rowsOf(tensor, share, shares)];
    }),
  );
}

function rowsOf({ dtype, shape, data }: Tensor, share: number, shares: number): Tensor {
  const length = data.length / shares;
  const [rows, ...rest] = shape;
  const part = data.slice(share * length, (share + 1) * length);
  return { dtype, shape: [rows / shares, ...rest], data: part } as Tensor;
}
