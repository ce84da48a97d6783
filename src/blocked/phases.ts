import type { Window } from '../ops/gradients/window.ts';
import { elementCount } from '../tensor/element-count.ts';

/** The convolution of dY that makes all phases of dX. */
export interface Phases {
  /** Of each phase, and in it of each place of `kernel`: the tap of the window, or one past the last for none. */
  readonly taps: readonly number[];
  readonly kernel: readonly number[];
  /** Pads of dY; negative where its rim is not looked at. */
  readonly begins: readonly number[];
  readonly ends: readonly number[];
  /** Places of a phase along each axis. */
  readonly places: readonly number[];
}

interface PhasesAlong {
  /** By phase and place of the kernel; undefined where no tap lies there. */
  readonly taps: readonly (readonly (number | undefined)[])[];
  readonly begin: number;
  readonly end: number;
  readonly places: number;
}

/**
 * With stride s, element s·u + a of X (phase a) is seen through tap i from place u + (a + begin − i) / s of the window, where
 * that is whole. The window is not dilated.
 */
export function phasesOf(window: Window): Phases {
  const [rows, columns] = window.strides.map((_, axis) => phasesAlong(window, axis));
  const width = window.kernel[1];
  const none = elementCount(window.kernel);
  const taps = rows.taps.flatMap((down) =>
    columns.taps.flatMap((across) =>
      down.flatMap((i) => across.map((j) => (i === undefined || j === undefined ? none : i * width + j))),
    ),
  );
  return {
    taps,
    kernel: [rows.taps[0].length, columns.taps[0].length],
    begins: [rows.begin, columns.begin],
    ends: [rows.end, columns.end],
    places: [rows.places, columns.places],
  };
}

function phasesAlong({ kernel, strides, begins, wide, narrow }: Window, axis: number): PhasesAlong {
  const [k, s, begin] = [kernel[axis], strides[axis], begins[axis]];
  const places = Math.ceil(wide[axis] / s);
  /** Where phase a looks through tap i, relative to u. */
  const offsets = Array.from({ length: s }, (_, a) =>
    Array.from({ length: k }, (_, i) => (a + begin - i) / s).flatMap((offset, i) =>
      Number.isInteger(offset) ? [{ tap: i, offset }] : [],
    ),
  );
  const all = offsets.flat().map(({ offset }) => offset);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const taps = offsets.map((seen) =>
    Array.from(
      { length: high - low + 1 },
      (_, place) => seen.find(({ offset }) => offset === low + place)?.tap,
    ),
  );
  return { taps, begin: -low, end: places - 1 + high - (narrow[axis] - 1), places };
}
