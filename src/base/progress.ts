/** One report of progress: `done` of `total` units of a named phase. */
export interface Progress {
  /** What is being done: `calibrate`, `evaluate` … */
  phase: string;
  /** Units finished. */
  done: number;
  /** Units in all. */
  total: number;
  /** How it goes, in few words. */
  note?: string;
}

/** Called between units of work; what it throws ends the work. */
export type OnProgress = (progress: Progress) => void;

/** What every long-running call takes. */
export interface Cancellable {
  /** Ends the work between two runs of the engine; the call rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Told of each unit of work done. */
  onProgress?: OnProgress | undefined;
}
