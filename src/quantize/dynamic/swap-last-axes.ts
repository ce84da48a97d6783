import type { TensorSource } from '../../onnx/ir/tensor-source.ts';
import { elementCount } from '../../tensor/element-count.ts';

/** A stack [.., m, n] of matrices of one byte an element as [.., n, m], turned when it is read. */
export function swapLastAxes(source: TensorSource): TensorSource {
  const [rows, columns] = source.shape.slice(-2);
  const shape = [...source.shape.slice(0, -2), columns, rows];
  const read = async (): Promise<Uint8Array> => {
    const bytes = await source.read();
    const turned = new Uint8Array(bytes.length);
    const size = rows * columns;
    for (let start = 0; start < elementCount(shape); start += size) {
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < columns; j++) turned[start + j * rows + i] = bytes[start + i * columns + j];
    }
    return turned;
  };
  return { dtype: source.dtype, shape, byteLength: source.byteLength, read };
}
