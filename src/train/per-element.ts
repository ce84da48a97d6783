import type { Value } from '../onnx/ir/value.ts';
import type { GraphWriter } from '../ops/graph-writer.ts';

/** A constant number for each element of a flat vector; a scalar where they are all the same. */
export function perElement(write: GraphWriter, data: Float32Array): Value {
  return data.every((x) => x === data[0])
    ? write.scalar(data[0])
    : write.constant({ dtype: 'float', shape: [data.length], data });
}
