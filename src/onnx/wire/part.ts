/** Bytes that are fetched when they are needed. */
export interface LazyBytes {
  readonly byteLength: number;
  read(): Promise<Uint8Array>;
}

/** A piece of a file to be written. */
export type Part = Uint8Array | LazyBytes;
