/** Number of elements; 1 for a scalar, 0 when any axis is empty. */
export function elementCount(shape: readonly number[]): number {
  let count = 1;
  for (const n of shape) count *= n;
  return count;
}
