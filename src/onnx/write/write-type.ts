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
  const proto = create(TypeProtoSchema, { value: { case: 'tensorType', value: tensor } });
  // `foreign` was filled by readType with a TypeProto.
  if (type.foreign) carryOver(type.foreign as TypeProto, proto);
  return proto;
}

/** Denotations and unknown fields; those of the axes only while the rank is what it was. */
function carryOver(from: TypeProto, to: TypeProto): void {
  if (from.denotation !== '') to.denotation = from.denotation;
  to.$unknown = from.$unknown;
  if (from.value.case !== 'tensorType' || to.value.case !== 'tensorType') return;
  to.value.value.$unknown = from.value.value.$unknown;
  const { shape } = to.value.value;
  const { shape: former } = from.value.value;
  if (!shape || shape.dim.length !== former?.dim.length) return;
  shape.$unknown = former.$unknown;
  for (const [axis, { denotation, $unknown }] of former.dim.entries()) {
    if (denotation !== '') shape.dim[axis].denotation = denotation;
    shape.dim[axis].$unknown = $unknown;
  }
}

function writeDimension(dim: Dimension) {
  if (dim === null) return create(TensorShapeProto_DimensionSchema);
  return create(TensorShapeProto_DimensionSchema, {
    value:
      typeof dim === 'number' ? { case: 'dimValue', value: BigInt(dim) } : { case: 'dimParam', value: dim },
  });
}
