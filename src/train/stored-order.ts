import type { StepGraph } from './step-graph.ts';
import { stepNames } from './step-names.ts';

/** A vector in the order the graph holds it, of its plain order. */
export function toStoredOrder({ places }: StepGraph, name: string, plain: Float32Array): Float32Array {
  if (!places || name === stepNames.buffers) return plain;
  return Float32Array.from(places, (place) => (place < 0 ? 0 : plain[place]));
}

/** A vector in plain order, of the order the graph holds it in. */
export function toPlainOrder(
  { places, parameters }: StepGraph,
  name: string,
  stored: Float32Array,
): Float32Array {
  if (!places || name === stepNames.buffers) return stored;
  const plain = new Float32Array(parameters.length);
  for (const [i, place] of places.entries()) if (place >= 0) plain[place] = stored[i];
  return plain;
}
