import { expect, it } from 'vitest';
import { nodeTimesOfTrace } from './node-times-of-trace.ts';

it('sums the kernel times by node, and nothing else', () => {
  const node = (name: string, dur: number, op = 'Conv') => ({
    cat: 'Node',
    name,
    dur,
    args: { op_name: op },
  });
  expect(
    nodeTimesOfTrace([
      { cat: 'Session', name: 'model_run', dur: 9000 },
      node('a_kernel_time', 1500),
      node('a_fence_before', 100),
      node('b_kernel_time', 250, 'Relu'),
      node('a_kernel_time', 500),
      { cat: 'Node', name: 'c_kernel_time' },
    ]),
  ).toEqual([
    { name: 'a', opType: 'Conv', totalMs: 2, calls: 2 },
    { name: 'b', opType: 'Relu', totalMs: 0.25, calls: 1 },
    { name: 'c', opType: '', totalMs: 0, calls: 1 },
  ]);
});
