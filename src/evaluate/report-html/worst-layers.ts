import type { LayerReport } from '../report.ts';
import { layerQuality } from './layer-quality.ts';

/** The `count` measured layers of lowest quality, worst first; of equals the earlier one. */
export function worstLayers(layers: readonly LayerReport[], count: number): LayerReport[] {
  return layers
    .map((layer) => ({ layer, quality: layerQuality(layer) ?? Number.POSITIVE_INFINITY }))
    .filter(({ quality }) => quality < Number.POSITIVE_INFINITY)
    .sort((a, b) => a.quality - b.quality)
    .slice(0, count)
    .map(({ layer }) => layer);
}
