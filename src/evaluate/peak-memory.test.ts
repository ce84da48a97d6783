import { expect, it } from 'vitest';
import { peakMemory, peakOfStatus } from './peak-memory.ts';

it('reads the peak of a Linux status file', () => {
  const status = 'Name:\tnode\nVmPeak:\t  900000 kB\nVmHWM:\t   51234 kB\nVmRSS:\t   40000 kB\n';
  expect(peakOfStatus(status)).toBe(51234 * 1024);
  expect(peakOfStatus('Name:\tnode\n')).toBeUndefined();
});

it('never falls, and rises with what was held', async () => {
  const before = await peakMemory();
  const held = new Uint8Array(process.memoryUsage.rss() + 64e6).fill(1);
  const after = await peakMemory();
  expect(after).toBeGreaterThanOrEqual(held.length);
  expect(after).toBeGreaterThan(before);
});
