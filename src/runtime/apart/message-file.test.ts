import { openSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MessageFile, openMessageFile } from './message-file.ts';

test('what was written is read, arrays of any type and place in memory too', () => {
  const file = openMessageFile();
  const whole = Float32Array.of(1, 2, 3, 4);
  const message = {
    text: 'größer',
    nothing: undefined,
    floats: whole.subarray(1, 3),
    bytes: Uint8Array.of(7, 8, 9),
    large: BigInt64Array.of(-(2n ** 62n)),
    empty: new Int8Array(0),
    list: [1, 'a'],
  };
  expect(file.read(file.write(message))).toEqual(message);
  // A shorter one afterwards is not mixed with what was there.
  expect(file.read(file.write({ bytes: Uint8Array.of(1) }))).toEqual({ bytes: Uint8Array.of(1) });
  file.close();
  file.close();
});

test.skipIf(process.platform !== 'linux')('a full disk is named, with the way out', () => {
  const file = new MessageFile(openSync('/dev/full', 'w'));
  expect(() => file.write({ floats: new Float32Array(1000) })).toThrow(
    expect.objectContaining({
      code: 'engine-exchange-failed',
      message: expect.stringContaining('ENOSPC'),
      hint: expect.stringContaining('TMPDIR'),
    }),
  );
  file.close();
});
