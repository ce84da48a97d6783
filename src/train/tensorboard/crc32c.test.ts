import { expect, test } from 'vitest';
import { crc32c } from './crc32c.ts';

const range = (length: number, of: (i: number) => number) => Uint8Array.from({ length }, (_, i) => of(i));

test.each([
  ['nothing', new Uint8Array(), 0],
  ['123456789', new TextEncoder().encode('123456789'), 0xe3069283],
  // RFC 3720, appendix B.4.
  ['32 zeros', range(32, () => 0), 0x8a9136aa],
  ['32 ones', range(32, () => 255), 0x62a8ab43],
  ['32 rising', range(32, (i) => i), 0x46dd794e],
  ['32 falling', range(32, (i) => 31 - i), 0x113fdb5c],
])('%s', (_, bytes, crc) => expect(crc32c(bytes)).toBe(crc));
