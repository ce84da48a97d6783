import { expect, test } from 'vitest';
import { describeNotFinite } from './describe-not-finite.ts';

test('inputs', () => {
  const input = { kind: 'input', input: 'x', number: Number.NaN } as const;
  expect(describeNotFinite({ ...input, role: 'data', row: 3 })).toBe(
    'sample 3 of the batch holds NaN in "x"',
  );
  expect(describeNotFinite({ ...input, role: 'target', row: 0 })).toBe(
    'the target of sample 0 of the batch holds NaN',
  );
  expect(describeNotFinite({ ...input, role: 'parameters', tensor: 'w' })).toBe(
    'the parameter "w" had become NaN in the step before',
  );
  expect(describeNotFinite({ ...input, role: 'statistics', tensor: 'bn.var' })).toBe(
    'the running statistic "bn.var" had become NaN in the step before',
  );
  expect(describeNotFinite({ ...input, role: 'state', input: 'pare.state.m' })).toBe(
    'the optimizer\'s memory of "pare.state.m" had become NaN in the step before',
  );
});

test('nodes', () => {
  const node = { kind: 'node', node: 'log', opType: 'Log', value: 'log_out', hasNaN: true } as const;
  const own = { ...node, largestInput: 1, phase: 'forward', layer: { name: 'log', opType: 'Log' } } as const;
  expect(describeNotFinite(own)).toBe('NaN arose at Log "log" in the forward pass');
  const gradient = {
    ...node,
    node: '',
    opType: 'MatMul',
    hasNaN: false,
    largestInput: 2.345e25,
    phase: 'backward',
    layer: { name: 'fc', opType: 'Gemm' },
  } as const;
  expect(describeNotFinite(gradient)).toBe(
    'infinity arose at Gemm "fc" in its gradient (operator MatMul) from numbers up to 2.3e+25',
  );
});
