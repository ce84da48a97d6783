/** Of blocks `[blocks, time, width]` the same values as `[blocks, width, time]`, both row-major. */
export function timeLast(
  values: Float32Array,
  { blocks, time, width }: { blocks: number; time: number; width: number },
): Float32Array {
  const turned = new Float32Array(values.length);
  for (let b = 0; b < blocks; b++)
    for (let t = 0; t < time; t++)
      for (let w = 0; w < width; w++) turned[(b * width + w) * time + t] = values[(b * time + t) * width + w];
  return turned;
}
