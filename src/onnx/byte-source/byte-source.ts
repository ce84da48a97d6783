/** Random access to bytes of known number: a file, memory, later a Blob or an HTTP range. */
export interface ByteSource {
  /** For error messages: the path, or what the bytes are. */
  readonly name: string;
  readonly size: number;
  /** The bytes at offset .. offset+length; the caller stays inside `size`. */
  read(offset: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}
