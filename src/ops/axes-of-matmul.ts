import type { Shape } from '../onnx/ir/type.ts';
import { type AxisLink, type AxisMap, inputAxis, outputAxis } from './axis-map.ts';

/**
 * Links of a NumPy matrix product of inputs `a` and `b`: batch axes meet, a's last and b's last but one vanish, rows and
 * columns go to the output.
 */
export function axesOfMatMul(
  a: { index: number; shape: Shape | undefined },
  b: { index: number; shape: Shape | undefined },
): AxisMap | undefined {
  if (!a.shape || !b.shape) return undefined;
  const [ra, rb] = [a.shape.length, b.shape.length];
  if (ra === 0 || rb === 0) return undefined;
  const batch = Math.max(ra, rb, 2) - 2;
  const links: AxisLink[] = [
    {
      kind: 'reduced',
      places: [inputAxis(a.index, ra - 1), inputAxis(b.index, Math.max(0, rb - 2))],
      isSum: true,
    },
  ];
  for (let axis = 0; axis < batch; axis++) {
    const places = [a, b].flatMap(({ index, shape = [] }) => {
      const own = axis - batch + shape.length - 2;
      return own >= 0 && shape[own] !== 1 ? [inputAxis(index, own)] : [];
    });
    links.push({ kind: 'same', places: [...places, outputAxis(0, axis)] });
  }
  if (ra > 1) links.push({ kind: 'same', places: [inputAxis(a.index, ra - 2), outputAxis(0, batch)] });
  const last = batch + (ra > 1 ? 1 : 0);
  if (rb > 1) links.push({ kind: 'same', places: [inputAxis(b.index, rb - 1), outputAxis(0, last)] });
  return links;
}
