/** One report of progress: `done` of `total` units of a named phase. */
export interface Progress {
  phase: string;
  done: number;
  total: number;
}

export type OnProgress = (progress: Progress) => void;

/** What every long-running call takes. */
export interface Cancellable {
  signal?: AbortSignal | undefined;
  onProgress?: OnProgress | undefined;
}
