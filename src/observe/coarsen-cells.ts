import type { HistogramCells } from './streaming-histogram.ts';

/** The same counts in at most `limit` cells, each the union of equally many neighbours (the last of what is left). */
export function coarsenCells({ edges, counts }: HistogramCells, limit: number): HistogramCells {
  const factor = Math.ceil(counts.length / limit);
  if (factor <= 1) return { edges, counts };
  const length = Math.ceil(counts.length / factor);
  const coarse = { edges: new Float64Array(length + 1), counts: new Float64Array(length) };
  for (let i = 0; i < length; i++) coarse.edges[i] = edges[i * factor];
  coarse.edges[length] = edges[edges.length - 1];
  for (let i = 0; i < counts.length; i++) coarse.counts[Math.floor(i / factor)] += counts[i];
  return coarse;
}
