/** A tensor seen as [outer, length, inner]: the axis in the middle is the one that is worked along. */
export interface AxisView {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}
