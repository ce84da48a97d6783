import type { Dimension, Shape } from '../onnx/ir/type.ts';
import { type AxisLink, type AxisMap, inputAxis, outputAxis } from './axis-map.ts';

/**
 * Links between two shapes of the same elements in row-major order: axes are matched from the front into the smallest
 * runs of equal products. Symbols match only themselves; undefined where that gets stuck.
 */
export function axesOfReshape(from: Shape | undefined, to: Shape | undefined): AxisMap | undefined {
  if (!from || !to) return undefined;
  const links: AxisLink[] = [];
  let [i, j] = [0, 0];
  while (i < from.length || j < to.length) {
    const [start, other] = [i, j];
    const left: Dimension[] = i < from.length ? [from[i++]] : [];
    const right: Dimension[] = j < to.length ? [to[j++]] : [];
    for (let order = compare(left, right); order !== 0; order = compare(left, right)) {
      if (order === undefined) return undefined;
      if (order < 0 && i < from.length) left.push(from[i++]);
      else if (order > 0 && j < to.length) right.push(to[j++]);
      else return undefined;
    }
    links.push(...linkOf(range(start, i), range(other, j), to));
  }
  return links;
}

/** Sign of product(a) − product(b), equal symbols cancelled; undefined where symbols decide. */
function compare(a: readonly Dimension[], b: readonly Dimension[]): number | undefined {
  if (a.includes(null) || b.includes(null)) return undefined;
  const symbols = (dims: readonly Dimension[]) => dims.filter((n) => typeof n === 'string').sort();
  const [sa, sb] = [symbols(a), symbols(b)];
  const product = (dims: readonly Dimension[]) =>
    dims.reduce<number>((total, n) => (typeof n === 'number' ? total * n : total), 1);
  const difference = product(a) - product(b);
  if (sa.join() === sb.join()) return difference;
  // A run without symbols beside one with some must grow to meet them.
  if (isPartOf(sa, sb)) return -1;
  return isPartOf(sb, sa) ? 1 : undefined;
}

function isPartOf(few: readonly Dimension[], many: readonly Dimension[]): boolean {
  const rest = [...many];
  return few.every((symbol) => {
    const at = rest.indexOf(symbol);
    if (at >= 0) rest.splice(at, 1);
    return at >= 0;
  });
}

function linkOf(from: readonly number[], to: readonly number[], shape: Shape): AxisLink[] {
  if (from.length === 0)
    return to
      .filter((axis) => shape[axis] === 1)
      .map((axis) => ({ kind: 'new', place: outputAxis(0, axis) }));
  if (to.length === 0) return [];
  const [inputs, outputs] = [from.map((a) => inputAxis(0, a)), to.map((a) => outputAxis(0, a))];
  if (from.length === 1 && to.length === 1) return [{ kind: 'same', places: [...inputs, ...outputs] }];
  return [{ kind: 'factored', from: inputs, to: outputs }];
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
