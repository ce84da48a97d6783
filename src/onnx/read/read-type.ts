import { dataTypeOfCode } from '../../tensor/data-types.ts';
import type { Dimension, ValueType } from '../ir/type.ts';
import type { TypeProto } from '../proto/onnx_pb.ts';

/** A value's type; undefined where the file states none or an element type unknown here. */
export function readType(proto: TypeProto | undefined): ValueType | undefined {
  if (!proto || proto.value.case === undefined) return undefined;
  if (proto.value.case !== 'tensorType' || proto.denotation !== '') return { kind: 'other', foreign: proto };
  const { elemType, shape } = proto.value.value;
  const dtype = dataTypeOfCode(elemType);
  if (dtype === undefined) return undefined;
  return { kind: 'tensor', dtype, shape: shape?.dim.map(({ value }) => readDimension(value)) };
}

type DimensionProto =
  | { case: 'dimValue'; value: bigint }
  | { case: 'dimParam'; value: string }
  | { case: undefined };

/** Negative lengths and empty symbols are exporters' ways to say "unknown". */
function readDimension(dim: DimensionProto): Dimension {
  if (dim.case === 'dimValue') return dim.value < 0n ? null : Number(dim.value);
  if (dim.case === 'dimParam') return dim.value === '' ? null : dim.value;
  return null;
}
