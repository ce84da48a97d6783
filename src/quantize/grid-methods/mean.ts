import { z } from 'zod';
import { coderOf } from '../coder-of.ts';
import type { GridMethod } from '../grid-method.ts';
import { gridOfExtremes } from '../grid-of-extremes.ts';
import { refuseCodebooks } from '../refuse-codebooks.ts';
import { scaleOf } from '../scale-of.ts';

const options = z.strictObject({});

/**
 * scale = Σ|w| / Σ|level of w|: the codes' mean magnitude is that of the weights. Of binary weights it is mean |w|, the scale of least
 * squared error (Rastegari et al. 2016, "XNOR-Net", §3.1).
 */
export const mean: GridMethod<z.output<typeof options>> = {
  name: 'mean',
  summary: 'a scale that keeps the mean magnitude',
  options,
  refuses: refuseCodebooks,
  fit(group) {
    const { weights, format } = group;
    const grid = gridOfExtremes(group, group.levels!);
    const { code, value } = coderOf(grid);
    let [wanted, found] = [0, 0];
    for (const w of weights) {
      wanted += Math.abs(w);
      found += Math.abs(value(code(w)));
    }
    return found === 0 ? grid : { ...grid, scale: scaleOf((grid.scale * wanted) / found, format) };
  },
};
