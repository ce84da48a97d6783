/**
 * Reads items in order, keeping up to `ahead` further reads under way; what was begun and is no longer wanted, because the
 * reader stopped or an earlier read failed, is dropped.
 */
export async function* readAhead<T>(
  indices: ArrayLike<number>,
  read: (index: number) => Promise<T>,
  ahead: number,
): AsyncGenerator<T, void, undefined> {
  const underWay: Promise<T>[] = [];
  let next = 0;
  for (let i = 0; i < indices.length; i++) {
    while (next < indices.length && next <= i + ahead) {
      const item = read(indices[next++]);
      // Seen again when its turn comes; until then a failure must not count as unhandled.
      item.catch(() => undefined);
      underWay.push(item);
    }
    const item = underWay.shift();
    if (item) yield await item;
  }
}
