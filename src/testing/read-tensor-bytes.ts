import { fromBinary } from '@bufbuild/protobuf';
import { memorySource } from '../onnx/byte-source/memory-source.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import { TensorProtoSchema } from '../onnx/proto/onnx_pb.ts';
import { TensorReader } from '../onnx/read/read-tensor.ts';

/** A tensor in a file of its own (a serialized TensorProto). */
export function readTensorBytes(bytes: Uint8Array): TensorSource {
  return new TensorReader(memorySource(bytes), [], undefined).read(fromBinary(TensorProtoSchema, bytes));
}
