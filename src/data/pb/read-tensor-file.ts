import { fromBinary } from '@bufbuild/protobuf';
import { PareError } from '../../base/pare-error.ts';
import type { Tensor } from '../../base/tensor.ts';
import { memorySource } from '../../onnx/byte-source/memory-source.ts';
import { readTensorSource } from '../../onnx/ir/read-tensor-source.ts';
import { TensorProtoSchema } from '../../onnx/proto/onnx_pb.ts';
import { TensorReader } from '../../onnx/read/read-tensor.ts';
import { malformedFile } from '../errors.ts';

/** A tensor with the name it was saved under; '' where it has none. */
export interface NamedTensor {
  readonly name: string;
  readonly tensor: Tensor;
}

/** Reads a file that holds one TensorProto. Throws a PareError on anything else, sequences and optionals included. */
export async function readTensorFile(bytes: Uint8Array, where: string): Promise<NamedTensor> {
  try {
    const proto = fromBinary(TensorProtoSchema, bytes);
    // Its own field of pare's reader, which means nothing in a file.
    proto.payload = 0;
    const reader = new TensorReader(memorySource(bytes, where), [], undefined);
    return { name: proto.name, tensor: await readTensorSource(reader.read(proto)) };
  } catch (cause) {
    if (cause instanceof PareError) throw cause;
    throw malformedFile(
      where,
      'one TensorProto',
      cause instanceof Error ? cause.message : String(cause),
      cause,
    );
  }
}
