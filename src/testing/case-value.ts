import { BinaryReader } from '@bufbuild/protobuf/wire';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import type { TypeProto } from '../onnx/proto/onnx_pb.ts';
import { readTensorBytes } from './read-tensor-bytes.ts';

/** What a backend case feeds to an input, or expects of an output. */
export type CaseValue =
  | { readonly kind: 'tensor'; readonly tensor: TensorSource }
  | { readonly kind: 'sequence'; readonly elements: readonly TensorSource[] }
  | { readonly kind: 'optional'; readonly value: CaseValue | undefined };

/** Fields of SequenceProto and OptionalProto. Source: onnx-data.proto. */
const SEQUENCE_TENSORS = 3;
const OPTIONAL_TENSOR = 3;
const OPTIONAL_SEQUENCE = 5;

/** The value in a case's file; what the file holds follows from the type of the input or output it is for. */
export function readCaseValue(bytes: Uint8Array, type: TypeProto | undefined): CaseValue {
  if (type?.value.case === 'sequenceType') return readSequence(bytes);
  if (type?.value.case === 'optionalType') {
    const [tensor] = messagesOf(bytes, OPTIONAL_TENSOR);
    const [sequence] = messagesOf(bytes, OPTIONAL_SEQUENCE);
    if (sequence) return { kind: 'optional', value: readSequence(sequence) };
    return { kind: 'optional', value: tensor && { kind: 'tensor', tensor: readTensorBytes(tensor) } };
  }
  return { kind: 'tensor', tensor: readTensorBytes(bytes) };
}

function readSequence(bytes: Uint8Array): CaseValue {
  return { kind: 'sequence', elements: messagesOf(bytes, SEQUENCE_TENSORS).map(readTensorBytes) };
}

/** The bytes of all messages under that field number. */
function messagesOf(bytes: Uint8Array, field: number): Uint8Array[] {
  const reader = new BinaryReader(bytes);
  const found: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number === field) found.push(reader.bytes());
    else reader.skip(wireType, number);
  }
  return found;
}
