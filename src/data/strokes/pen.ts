import type { Rng } from '../../base/rng.ts';
import { bell } from './bell.ts';

/** What a pen does along a stroke. `progress` runs from 0 at the start of the stroke to 1 at its end. */
export interface Pen {
  /** Half the line's width in pixels at pressure 1. */
  readonly radius: number;
  /** About 1; where it falls the line gets thinner and paler. */
  pressure(progress: number): number;
  /** Darkness 0..1 of the line at a pressure. */
  ink(pressure: number): number;
}

/** Chooses a pen and a hand: line width, darkness, and how the pressure rises, sags or fades along a stroke. */
export function choosePen(rng: Rng): Pen {
  const radius = Math.max(0.55, 1.15 + 0.28 * bell(rng));
  const darkness = Math.min(1, 0.95 + 0.12 * bell(rng));
  const paling = 0.35 * rng.uniform();
  const slope = 0.16 * bell(rng);
  const sag = 0.3 * bell(rng);
  return {
    radius,
    pressure(progress) {
      const x = 2 * progress - 1;
      return Math.min(1.4, Math.max(0.45, 1 + slope * x + sag * (0.5 - x * x)));
    },
    ink: (pressure) => darkness * Math.min(1, 1 - paling * (1 - pressure)),
  };
}
