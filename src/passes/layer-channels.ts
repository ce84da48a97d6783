import type { Node } from '../onnx/ir/node.ts';
import { elementCount } from '../tensor/element-count.ts';

/** How a layer's weight meets the channels of its data (input 0) and of its output. */
export interface LayerChannels {
  readonly inputs: number;
  readonly outputs: number;
  /** Channel of the data that the weight's element number `i` multiplies. */
  inputOf(i: number): number;
  /** Channel of the output that the weight's element number `i` adds to. */
  outputOf(i: number): number;
  /** Axis of the channels in data and output, from the front (1) or the end (−1). */
  readonly axis: 1 | -1;
  /** Whether every output is the sum over the whole kernel, borders included: a shift of the data then is one of it. */
  readonly sumsWholeKernel: boolean;
}

/** Of a standard layer that is linear in its data, with a constant weight; undefined for all other nodes. */
export function layerChannels(layer: Node): LayerChannels | undefined {
  const shape = layer.inputs[1]?.initializer?.shape;
  if (!shape || layer.domain !== '' || !Object.hasOwn(layouts, layer.opType)) return undefined;
  return layouts[layer.opType](layer, shape);
}

const layouts: Readonly<
  Record<string, (layer: Node, shape: readonly number[]) => LayerChannels | undefined>
> = {
  Conv: convolution,
  ConvTranspose: transposedConvolution,
  Gemm: (layer, [rows, columns]) => {
    // α·A·B + β·C; and the channels of a transposed A lie along the other axis.
    const isPlain = (layer.float('alpha') ?? 1) === 1 && (layer.float('beta') ?? 1) === 1;
    if (!isPlain || layer.int('transA') === 1) return undefined;
    return layer.int('transB') === 1 ? transposed(product(columns, rows), columns) : product(rows, columns);
  },
  MatMul: (_, [rows, columns, ...others]) =>
    columns === undefined || others.length > 0 ? undefined : product(rows, columns),
};

/** [inputs, outputs]. */
function product(inputs: number, outputs: number): LayerChannels {
  return {
    inputs,
    outputs,
    inputOf: (i) => Math.floor(i / outputs),
    outputOf: (i) => i % outputs,
    axis: -1,
    sumsWholeKernel: true,
  };
}

/** [outputs, inputs]. */
function transposed(channels: LayerChannels, columns: number): LayerChannels {
  return { ...channels, inputOf: (i) => i % columns, outputOf: (i) => Math.floor(i / columns) };
}

/** [M, C / group, kernel…]. */
function convolution(layer: Node, [outputs, perGroup, ...kernel]: readonly number[]): LayerChannels {
  const group = layer.int('group') ?? 1;
  const taps = elementCount(kernel);
  const outputOf = (i: number) => Math.floor(i / (perGroup * taps));
  const groupOf = (output: number) => Math.floor((output * group) / outputs);
  return {
    inputs: perGroup * group,
    outputs,
    inputOf: (i) => groupOf(outputOf(i)) * perGroup + (Math.floor(i / taps) % perGroup),
    outputOf,
    axis: 1,
    sumsWholeKernel: !isPadded(layer),
  };
}

/** [C, M / group, kernel…]; at the borders fewer taps meet. */
function transposedConvolution(layer: Node, [inputs, perGroup, ...kernel]: readonly number[]): LayerChannels {
  const group = layer.int('group') ?? 1;
  const taps = elementCount(kernel);
  const inputOf = (i: number) => Math.floor(i / (perGroup * taps));
  return {
    inputs,
    outputs: perGroup * group,
    inputOf,
    outputOf: (i) => Math.floor((inputOf(i) * group) / inputs) * perGroup + (Math.floor(i / taps) % perGroup),
    axis: 1,
    sumsWholeKernel: false,
  };
}

function isPadded(layer: Node): boolean {
  const auto = layer.string('auto_pad') ?? 'NOTSET';
  if (auto === 'VALID') return false;
  return auto !== 'NOTSET' || (layer.ints('pads')?.some((n) => n !== 0) ?? false);
}
