import { dataTypeOfCode } from '../../tensor/data-types.ts';
import type { Dimension, ValueType } from '../ir/type.ts';
import type { TypeProto } from '../proto/onnx_pb.ts';

/** A value's type; undefined where the file states none. Element types unknown here count as `other`. */
export function readType(proto: TypeProto | undefined): ValueType | undefined {
  if (!proto) return undefined;
  if (proto.value.case !== 'tensorType') return { kind: 'other', foreign: proto };
  const { elemType, shape } = proto.value.value;
  const dtype = dataTypeOfCode(elemType);
  if (dtype === undefined) return { kind: 'other', foreign: proto };
  const type = { kind: 'tensor', dtype, shape: shape?.dim.map(({ value }) => readDimension(value)) } as const;
  return isPlain(proto) ? type : { ...type, foreign: proto };
}

type DimensionProto =
  | { case: 'dimValue'; value: bigint }
  | { case: 'dimParam'; value: string }
  | { case: undefined };

/** Negative or absurd lengths and empty symbols are exporters' ways to say "unknown". */
function readDimension(dim: DimensionProto): Dimension {
  if (dim.case === 'dimValue') {
    const length = Number(dim.value);
    return length < 0 || !Number.isSafeInteger(length) ? null : length;
  }
  return dim.case === 'dimParam' && dim.value !== '' ? dim.value : null;
}

/** Whether element type and dimensions are all that the message says. */
function isPlain({ denotation, $unknown, value }: TypeProto): boolean {
  if (denotation !== '' || $unknown || value.case !== 'tensorType') return false;
  const { shape } = value.value;
  if (value.value.$unknown || shape?.$unknown) return false;
  return shape?.dim.every((dim) => dim.denotation === '' && !dim.$unknown) ?? true;
}
