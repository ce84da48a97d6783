/** How an interval is resampled. */
export interface BootstrapOptions {
  seed: number;
  /** Default 5000; from 2000 on the ends of a 95 % interval are stable to a few hundredths of its width. */
  resamples?: number;
}

/** Resamples where none are asked for. */
export const DEFAULT_RESAMPLES = 5000;

/** The quantiles between which 95 % lie. */
export const INTERVAL_95 = [0.025, 0.975] as const;
