import type { DataType } from '../base/tensor.ts';

/** A floating-point format of 16 bits, narrower than float32. */
export interface FloatFormat {
  readonly name: string;
  readonly summary: string;
  readonly dtype: DataType;
  /** Lowest operator set whose Cast takes the type. */
  readonly opset: number;
  /** Largest finite number. */
  readonly max: number;
  /** The bits of the nearest numbers, ties to even. */
  encode(values: Float32Array): Uint16Array;
  /** The numbers bits stand for; exact. */
  decode(bits: Uint16Array): Float32Array;
}
