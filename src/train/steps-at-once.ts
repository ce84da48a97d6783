import { elementCount } from '../tensor/element-count.ts';

/** Multiply–accumulates of a step, forward, up to which calling the engine takes a good part of its time. */
const SMALL_STEP = 2 ** 26;
/** Float32 numbers in 16 bytes. */
const ALIGNED = 4;
/** Steps of one call: 4 gain nearly as much. */
const MOST = 16;
/** Elements that the steps of one call are shown: they are copied into one array. */
const MOST_ELEMENTS = 2 ** 22;

export interface StepSize {
  readonly batch: number;
  /** Of one sample, forward. */
  readonly macs: number;
  /** Of one sample, by input. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
}

/** How many steps are made in one call of the engine: several where steps are small. */
export function stepsAtOnce({ batch, macs, shapes }: StepSize): number {
  // Stacked inputs of other lengths begin at addresses that the engine's sums are rounded by.
  if (macs * batch > SMALL_STEP || batch % ALIGNED !== 0) return 1;
  const elements = Object.values(shapes).reduce((sum, shape) => sum + elementCount(shape), 0);
  return Math.max(1, Math.min(MOST, Math.floor(MOST_ELEMENTS / Math.max(elements * batch, 1))));
}
