import type { DataType } from '../../base/tensor.ts';
import { byteLength } from '../../tensor/byte-length.ts';
import { dataTypeOfCode, dataTypes } from '../../tensor/data-types.ts';
import { elementCount } from '../../tensor/element-count.ts';
import type { ByteSource } from '../byte-source/byte-source.ts';
import { badTensor, externalDataNeedsFile } from '../errors.ts';
import type { TensorSource } from '../ir/tensor-source.ts';
import { type TensorProto, TensorProto_DataLocation } from '../proto/onnx_pb.ts';
import type { Payload } from '../wire/skeleton.ts';
import { stringMap } from './string-map.ts';

/** Opens the file `location` names, seen from the model's folder; refuses to leave it. */
export type OpenExternal = (tensorName: string, location: string) => Promise<ByteSource>;

/** What TensorSource.foreign holds for the writer. */
export type ForeignTensor = Pick<TensorProto, 'name' | 'docString' | 'metadataProps' | '$unknown'>;

/** Turns TensorProtos into lazy tensors. */
export class TensorReader {
  readonly sourceName: string;
  readonly #source: ByteSource;
  readonly #payloads: readonly Payload[];
  readonly #openExternal: OpenExternal | undefined;
  readonly #locations = new Set<string>();
  readonly #external = new Map<string, Promise<ByteSource>>();

  constructor(source: ByteSource, payloads: readonly Payload[], openExternal: OpenExternal | undefined) {
    this.sourceName = source.name;
    this.#source = source;
    this.#payloads = payloads;
    this.#openExternal = openExternal;
  }

  /** Files that tensors read so far keep their elements in. */
  get locations(): string[] {
    return [...this.#locations];
  }

  async close(): Promise<void> {
    // A file that could not be opened was reported to whoever asked for its tensor.
    const opened = await Promise.allSettled(this.#external.values());
    await Promise.all(opened.map((source) => source.status === 'fulfilled' && source.value.close()));
  }

  read(proto: TensorProto): TensorSource {
    const source = this.#read(proto);
    // Not a copy with one more field: there may be tens of thousands.
    return Object.assign(source, { foreign: foreignOf(proto) });
  }

  #read(proto: TensorProto): TensorSource {
    const dtype = dataTypeOfCode(proto.dataType);
    if (dtype === undefined) throw this.#bad(proto, `element type ${proto.dataType} is unknown`);
    const shape = proto.dims.map(Number);
    if (shape.some((n) => n < 0 || !Number.isSafeInteger(n)))
      throw this.#bad(proto, `its shape is [${shape}]`);
    if (proto.segment) throw this.#bad(proto, 'it is stored in segments, which no tool writes');
    if (dtype === 'string') return this.#strings(proto, shape);
    const length = byteLength(dtype, shape);
    if (proto.dataLocation === TensorProto_DataLocation.EXTERNAL)
      return this.#externalTensor(proto, dtype, shape);
    const read = this.#reader(proto, dtype, length);
    return { dtype, shape, byteLength: length, read };
  }

  #reader(proto: TensorProto, dtype: DataType, length: number): () => Promise<Uint8Array> {
    if (proto.payload !== 0) return this.#payloadReader(proto, length);
    const bytes = inlineBytes(proto, dtype);
    if (bytes.length !== length) throw this.#wrongLength(proto, length, bytes.length);
    return async () => bytes;
  }

  #payloadReader(proto: TensorProto, length: number): () => Promise<Uint8Array> {
    const payload = this.#payloads[proto.payload - 1];
    if (!payload) throw this.#bad(proto, 'it has no elements');
    if (payload.length !== length) throw this.#wrongLength(proto, length, payload.length);
    return () => this.#source.read(payload.offset, payload.length);
  }

  #strings(proto: TensorProto, shape: readonly number[]): TensorSource {
    if (proto.stringData.length !== elementCount(shape)) {
      throw this.#bad(proto, `${proto.stringData.length} strings for shape [${shape}]`);
    }
    const read = (): Promise<Uint8Array> => Promise.reject(new Error('string tensors have no bytes'));
    return { dtype: 'string', shape, byteLength: 0, read, strings: proto.stringData };
  }

  #externalTensor(proto: TensorProto, dtype: DataType, shape: readonly number[]): TensorSource {
    const entries = stringMap(proto.externalData);
    const location = entries.get('location') ?? '';
    const offset = Number(entries.get('offset') ?? 0);
    const length = byteLength(dtype, shape);
    const stated = entries.has('length') ? Number(entries.get('length')) : length;
    if (stated !== length) throw this.#wrongLength(proto, length, stated);
    if (!Number.isSafeInteger(offset) || offset < 0)
      throw this.#bad(proto, `external offset ${entries.get('offset')}`);
    const open = this.#openExternal;
    this.#locations.add(location);
    if (!open) throw externalDataNeedsFile(this.sourceName, proto.name);
    const read = async (): Promise<Uint8Array> => {
      let source = this.#external.get(location);
      if (!source) {
        source = open(proto.name, location);
        this.#external.set(location, source);
      }
      const file = await source;
      if (offset + length > file.size)
        throw this.#wrongLength(proto, length, Math.max(0, file.size - offset));
      return file.read(offset, length);
    };
    return { dtype, shape, byteLength: length, read };
  }

  #wrongLength(proto: TensorProto, expected: number, got: number): Error {
    return this.#bad(proto, `its shape [${proto.dims}] needs ${expected} bytes, but it has ${got}`);
  }

  #bad(proto: TensorProto, reason: string): Error {
    return badTensor(this.sourceName, proto.name || '(unnamed)', reason);
  }
}

/** What the IR has no field for; undefined for tensors that have none of it. */
function foreignOf({ name, docString, metadataProps, $unknown }: TensorProto): ForeignTensor | undefined {
  if (name === '' && docString === '' && metadataProps.length === 0 && !$unknown) return undefined;
  return { name, docString, metadataProps, $unknown };
}

/** The elements as little-endian bytes, from whichever field holds them. */
function inlineBytes(proto: TensorProto, dtype: DataType): Uint8Array {
  if (proto.rawData.length > 0) return proto.rawData;
  if (proto.floatData.length > 0) return new Uint8Array(Float32Array.from(proto.floatData).buffer);
  if (proto.doubleData.length > 0) return new Uint8Array(Float64Array.from(proto.doubleData).buffer);
  if (proto.int64Data.length > 0) return new Uint8Array(BigInt64Array.from(proto.int64Data).buffer);
  if (proto.uint64Data.length > 0) return unsigned(proto.uint64Data, dtype);
  if (proto.int32Data.length > 0) return narrowed(proto.int32Data, dtype);
  return new Uint8Array(0);
}

function unsigned(values: readonly bigint[], dtype: DataType): Uint8Array {
  if (dtype === 'uint32') return new Uint8Array(Uint32Array.from(values, Number).buffer);
  return new Uint8Array(BigUint64Array.from(values).buffer);
}

/** int32_data holds one element (or one packed byte) of every type of up to 32 bits in each number. */
function narrowed(values: readonly number[], dtype: DataType): Uint8Array {
  const { bits } = dataTypes[dtype];
  if (bits === 32) return new Uint8Array(Int32Array.from(values).buffer);
  if (bits === 16) return new Uint8Array(Uint16Array.from(values).buffer);
  return Uint8Array.from(values);
}
