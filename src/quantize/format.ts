import type { DataType } from '../base/tensor.ts';

/** A number format values are quantized to. */
export interface Format {
  readonly name: string;
  readonly summary: string;
  /** How codes are stored. */
  readonly dtype: DataType;
  /** Lowest operator set whose Cast and Q/DQ take the type; absent: any that pare writes. */
  readonly opset?: number;
  /** Weights a scale, where the user names no granularity; absent: all of a channel. */
  readonly block?: number;
  /** Lowest and highest code, by use of the range. */
  readonly codes: {
    readonly full: CodeRange;
    /** As many codes on either side of zero. */
    readonly symmetric: CodeRange;
    /** Half of them, for processors whose 8-bit sums saturate. */
    readonly reduced: CodeRange;
  };
}

export interface CodeRange {
  readonly min: number;
  readonly max: number;
}
