import { expect, test } from 'vitest';
import { eventFileHeader, scalarEvent } from './event-bytes.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

// Both as TensorBoard 2.x writes them itself (EventFileWriter's RecordWriter over the same Event).
test('a file begins with the version of the format', () =>
  expect(hex(eventFileHeader(1700000000.25))).toBe(
    '1800000000000000a37f4b22' + '0900001040fc54d9411a0d627261696e2e4576656e743a32' + '338d2fe9',
  ));

test('scalars of a step', () =>
  expect(hex(scalarEvent({ step: 300, wallTime: 1700000001.5, values: { loss: 0.1, rate: -2 } }))).toBe(
    '2800000000000000ff70164a' +
      '0900006040fc54d94110ac022a1a0a0b0a046c6f737315cdcccc3d0a0b0a047261746515000000c0' +
      '6908b4f0',
  ));

test.each([
  [Number.NaN, '0000c07f'],
  [Number.POSITIVE_INFINITY, '0000807f'],
  [1e300, '0000807f'],
  [-1e300, '000080ff'],
])('%d is written, for a run that goes wrong is looked at too', (value, bits) => {
  const bytes = hex(scalarEvent({ step: 0, wallTime: 0, values: { loss: value } }));
  expect(bytes.slice(-16, -8)).toBe(bits);
});
