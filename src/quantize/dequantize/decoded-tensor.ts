import type { TensorSource } from '../../onnx/ir/tensor-source.ts';
import { elementCount } from '../../tensor/element-count.ts';
import type { ElementReader } from '../../tensor/element-reader.ts';
import { computedTensor, readNumbers } from './computed-tensor.ts';
import { brokenQuantization } from './errors.ts';

export interface CodedTensor {
  /** For messages. */
  readonly name: string;
  readonly codes: TensorSource;
  readonly scale: TensorSource;
  readonly zeroPoint: TensorSource | undefined;
  /** Of the scales where there are several; may count from the end. */
  readonly axis: number;
  /** Elements along the axis that share a scale; 0: one scale an index. */
  readonly blockSize: number;
}

/**
 * Float32 numbers of coded ones, decoded when they are read: (code − zero point) · scale, each step in float32 as
 * DequantizeLinear does it. Throws `broken-quantization` where shapes do not fit.
 */
export function decodedTensor(coded: CodedTensor): TensorSource {
  const { codes, scale, zeroPoint, name } = coded;
  const layout = scaleLayout(coded);
  const { shape } = codes;
  return computedTensor(shape, async () => {
    const code = await readNumbers(codes, name);
    const scales = await readNumbers(scale, name);
    const zero = zeroPoint ? await readNumbers(zeroPoint, name) : () => 0;
    return decode(shape, layout, code, scales, zero);
  });
}

/** Index of an element's scale: outer · outerStride + ⌊i / block⌋ · stride + inner · innerStride. */
interface ScaleLayout {
  readonly length: number;
  readonly inner: number;
  readonly block: number;
  readonly outerStride: number;
  readonly stride: number;
  readonly innerStride: number;
}

function scaleLayout({ name, codes, scale, zeroPoint, axis, blockSize }: CodedTensor): ScaleLayout {
  const { shape } = codes;
  const count = elementCount(scale.shape);
  if (zeroPoint && elementCount(zeroPoint.shape) !== count)
    throw brokenQuantization(name, `${elementCount(zeroPoint.shape)} zero points`, `${count}, as scales`);
  if (count === 1 && blockSize === 0)
    return { length: 1, inner: elementCount(shape), block: 1, outerStride: 0, stride: 0, innerStride: 0 };
  const coded = axis < 0 ? axis + shape.length : axis;
  if (!(coded >= 0 && coded < shape.length))
    throw brokenQuantization(name, `axis ${axis}`, `an axis of [${shape}]`);
  const length = shape[coded];
  const inner = elementCount(shape.slice(coded + 1));
  const place = { length, inner };
  if (blockSize === 0) {
    if (count !== length)
      throw brokenQuantization(name, `${count} scales`, `${length}, one an index of axis ${axis}`);
    return { ...place, block: 1, outerStride: 0, stride: 1, innerStride: 0 };
  }
  const blocks = Math.ceil(length / blockSize);
  const expected = shape.map((n, i) => (i === coded ? blocks : n));
  if (`${scale.shape}` !== `${expected}`)
    throw brokenQuantization(name, `scales [${scale.shape}]`, `[${expected}]: one a block of ${blockSize}`);
  return { ...place, block: blockSize, outerStride: blocks * inner, stride: inner, innerStride: 1 };
}

function decode(
  shape: readonly number[],
  { length, inner, block, outerStride, stride, innerStride }: ScaleLayout,
  code: ElementReader,
  scale: ElementReader,
  zero: ElementReader,
): Float32Array {
  const result = new Float32Array(elementCount(shape));
  let at = 0;
  for (let outer = 0; at < result.length; outer++) {
    for (let i = 0; i < length; i++) {
      const base = outer * outerStride + Math.floor(i / block) * stride;
      for (let j = 0; j < inner; j++) {
        const parameter = base + j * innerStride;
        result[at] = Math.fround(code(at) - zero(parameter)) * scale(parameter);
        at++;
      }
    }
  }
  return result;
}
