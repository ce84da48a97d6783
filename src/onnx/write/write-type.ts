import { create } from '@bufbuild/protobuf';
import { dataTypes } from '../../tensor/data-types.ts';
import type { Dimension, ValueType } from '../ir/type.ts';
import {
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  type TypeProto,
  TypeProto_TensorSchema,
  TypeProtoSchema,
} from '../proto/onnx_pb.ts';

/** A value's type as the file states it. */
export function writeType(type: ValueType): TypeProto {
  // `foreign` was filled by readType with a TypeProto.
  if (type.kind === 'other') return type.foreign as TypeProto;
  const tensor = create(TypeProto_TensorSchema, { elemType: dataTypes[type.dtype].code });
  if (type.shape) tensor.shape = create(TensorShapeProtoSchema, { dim: type.shape.map(writeDimension) });
  return create(TypeProtoSchema, { value: { case: 'tensorType', value: tensor } });
}

function writeDimension(dim: Dimension) {
  if (dim === null) return create(TensorShapeProto_DimensionSchema);
  return create(TensorShapeProto_DimensionSchema, {
    value:
      typeof dim === 'number' ? { case: 'dimValue', value: BigInt(dim) } : { case: 'dimParam', value: dim },
  });
}
