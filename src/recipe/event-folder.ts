import type { EpochReport } from '../evaluate/report.ts';

export function eventFolder(_folder: string): (record: EpochReport) => Promise<void> {
  return async () => {};
}
