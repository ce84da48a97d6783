import type { LayerReport } from '../report.ts';
import { layerQuality } from './layer-quality.ts';
import { worstLayers } from './worst-layers.ts';

/** One bit of resolution is worth 6.02 dB: a layer that far below the median has lost a bit against its fellows. */
const oneBitDb = 20 * Math.log10(2);

/** So many are marked at most: a tenth, but three of a small model and not all that are shown of a deep one. */
function mostMarked(count: number): number {
  return Math.min(12, Math.max(3, Math.floor(count / 10)));
}

/** The quantized and stored layers that stand out: the worst few, those a bit or more below the median of all. */
export function weakLayers(layers: readonly LayerReport[]): LayerReport[] {
  const quantized = worstLayers(
    layers.filter(({ state }) => state === 'quantized' || state === 'stored'),
    layers.length,
  );
  const median = layerQuality(quantized[quantized.length >> 1] ?? {});
  if (median === undefined) return [];
  return quantized
    .slice(0, mostMarked(quantized.length))
    .filter((layer) => (layerQuality(layer) ?? median) <= median - oneBitDb);
}
