/** At most `count` of the items, evenly spread over all: files are often sorted by class. */
export function spreadChoice(items: Int32Array, count: number): Int32Array {
  if (items.length <= count) return items;
  return Int32Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]);
}
