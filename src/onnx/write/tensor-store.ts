import { create } from '@bufbuild/protobuf';
import { dataTypes } from '../../tensor/data-types.ts';
import type { TensorSource } from '../ir/tensor-source.ts';
import { type TensorProto, TensorProto_DataLocation, TensorProtoSchema } from '../proto/onnx_pb.ts';
import type { ForeignTensor } from '../read/read-tensor.ts';
import { fetchPart } from '../wire/fetch-part.ts';
import type { LazyBytes } from '../wire/part.ts';
import { stringEntries } from './string-entries.ts';

/** Tensors up to this size are written at once; larger ones are fetched when the writer gets to them. */
const INLINE_BYTES = 1024;
/** Offsets in external files are multiples of this, so that engines can map them into memory. */
const ALIGNMENT = 4096;

/** Decides where the elements of a tensor go, and remembers what must be written later. */
export interface TensorStore {
  /** What stands in the model file in place of `TensorProto.payload` numbers, counted from 1. */
  readonly payloads: readonly LazyBytes[];
  /** @param name of the value that stands for the tensor; '' in attributes, where it keeps the name it was read with */
  write(name: string, tensor: TensorSource): Promise<TensorProto>;
}

/** All elements inside the model file. */
export class InlineTensorStore implements TensorStore {
  readonly payloads: LazyBytes[] = [];

  async write(name: string, tensor: TensorSource): Promise<TensorProto> {
    const proto = header(name, tensor);
    if (tensor.strings) proto.stringData = [...tensor.strings];
    else if (tensor.byteLength <= INLINE_BYTES) proto.rawData = await fetchPart(tensor);
    else proto.payload = this.payloads.push(tensor);
    return proto;
  }
}

/** Large tensors in one file beside the model; the model file stays under protobuf's 2 GiB limit. */
export class ExternalTensorStore implements TensorStore {
  readonly payloads: readonly LazyBytes[] = [];
  /** What the external file holds: tensors in order, each from its offset. */
  readonly contents: { offset: number; tensor: LazyBytes }[] = [];
  readonly #location: string;
  #end = 0;

  /** @param location the external file's name, seen from the model's folder */
  constructor(location: string) {
    this.#location = location;
  }

  async write(name: string, tensor: TensorSource): Promise<TensorProto> {
    const proto = header(name, tensor);
    if (tensor.strings) proto.stringData = [...tensor.strings];
    else if (tensor.byteLength <= INLINE_BYTES) proto.rawData = await fetchPart(tensor);
    else this.#place(proto, tensor);
    return proto;
  }

  #place(proto: TensorProto, tensor: TensorSource): void {
    const offset = Math.ceil(this.#end / ALIGNMENT) * ALIGNMENT;
    this.#end = offset + tensor.byteLength;
    this.contents.push({ offset, tensor });
    const entries = { location: this.#location, offset: `${offset}`, length: `${tensor.byteLength}` };
    proto.dataLocation = TensorProto_DataLocation.EXTERNAL;
    proto.externalData = stringEntries(new Map(Object.entries(entries)));
  }
}

function header(name: string, tensor: TensorSource): TensorProto {
  const proto = create(TensorProtoSchema, {
    dims: tensor.shape.map((n) => BigInt(n)),
    dataType: dataTypes[tensor.dtype].code,
  });
  // `foreign` was filled by TensorReader; tensors made in code have none.
  const foreign = tensor.foreign as ForeignTensor | undefined;
  const written = name || (foreign?.name ?? '');
  if (written !== '') proto.name = written;
  if (foreign) {
    if (foreign.docString !== '') proto.docString = foreign.docString;
    proto.metadataProps = foreign.metadataProps;
    proto.$unknown = foreign.$unknown;
  }
  return proto;
}
