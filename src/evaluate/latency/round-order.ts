/**
 * The order in which `count` candidates are timed in a round: reversed every second round, so that a linear drift of the
 * machine cancels over two rounds, and rotated every two, so that none keeps its place.
 * Of two: a b, b a, b a, a b, …
 */
export function roundOrder(round: number, count: number): number[] {
  const rotation = Math.floor(round / 2) % count;
  const order = Array.from({ length: count }, (_, i) => (i + rotation) % count);
  return round % 2 === 0 ? order : order.reverse();
}
