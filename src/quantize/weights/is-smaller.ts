import type { WeightSite } from './weight-sites.ts';

/** What the nodes and names around a stored weight add to the file, about. */
const NODE_BYTES = 256;

/** Whether a weight that takes so many bytes besides makes the file smaller. */
export function isSmaller({ source }: WeightSite, bytes: number): boolean {
  return bytes + NODE_BYTES < source.byteLength;
}
