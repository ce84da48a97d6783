import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { packCodes } from '../../tensor/packed-codes.ts';
import { formats } from '../formats/index.generated.ts';
import { int4 } from '../formats/int4.ts';
import { uint4 } from '../formats/uint4.ts';
import { blockBytes, blockMatrix, blockZeroPoints, transposed } from './block-codes.ts';
import { groupCodes, groupGrids } from './group-codes.ts';
import { groupingOf } from './grouping.ts';

const golden = JSON.parse(readFileSync('/tmp/weights/golden.json', 'utf8'));
function lcg(n: number, seed: number) {
  let x = seed;
  return Float32Array.from({ length: n }, () => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    return x / 2 ** 32 - 0.5;
  });
}
function mat(kind: string, K: number, N: number) {
  const w = lcg(K * N, K * 131 + N);
  if (kind === 'ties')
    return w.map((x) => {
      const y = Math.fround(x) * 16;
      const r = y + 6755399441055744 - 6755399441055744;
      return r / 4;
    });
  if (kind === 'sparse') {
    w.fill(0);
    w[0] = 3;
    w[K * N - 1] = -2;
    return w;
  }
  return kind === 'positive' ? w.map(Math.abs) : w;
}
const hex = (a: ArrayBufferView | undefined) =>
  a ? Buffer.from(a.buffer, a.byteOffset, a.byteLength).toString('hex') : '';
test('products', () => {
  for (const { kind, K, N, block, bits, symmetric, codes, scales, zeroPoints } of golden.products) {
    const format = bits === 4 ? (symmetric ? int4 : uint4) : symmetric ? formats.int8 : formats.uint8;
    const rows = transposed(mat(kind, K, N), K, N);
    const m = blockMatrix(rows, K, block, { format, bits });
    expect([
      kind,
      K,
      N,
      bits,
      symmetric,
      hex(m.grids.scales),
      hex(blockZeroPoints(m)),
      hex(blockBytes(rows, m)),
    ]).toEqual([kind, K, N, bits, symmetric, scales, zeroPoints, codes]);
  }
});
test('tables', () => {
  for (const { kind, rows, columns, block, symmetric, codes, scales, zeroPoints } of golden.tables) {
    const format = symmetric ? int4 : uint4;
    const w = mat(kind, rows, columns);
    const g = groupGrids(w, format, groupingOf([rows, columns], [0], `block:${block}`));
    const c = groupCodes(w, g);
    const blocks = Math.ceil(columns / block);
    const cut = new Int8Array(rows * columns);
    for (let r = 0; r < rows; r++)
      cut.set(Int8Array.from(c.subarray(r * blocks * block, r * blocks * block + columns)), r * columns);
    expect([
      kind,
      rows,
      symmetric,
      hex(g.scales),
      g.zeroPoints ? hex(packCodes(g.zeroPoints, 4)) : '',
      hex(packCodes(cut, 4)),
    ]).toEqual([kind, rows, symmetric, scales, zeroPoints, codes]);
  }
});
test('big', () => {
  for (const { bits, symmetric, sha256 } of golden.big) {
    const format = bits === 4 ? (symmetric ? int4 : uint4) : symmetric ? formats.int8 : formats.uint8;
    const rows = transposed(lcg(77000, 7), 1000, 77);
    const m = blockMatrix(rows, 1000, 32, { format, bits });
    const h = createHash('sha256');
    for (const p of [blockBytes(rows, m), m.grids.scales, blockZeroPoints(m)])
      if (p) h.update(Buffer.from(p.buffer, p.byteOffset, p.byteLength));
    expect([bits, symmetric, h.digest('hex')]).toEqual([bits, symmetric, sha256]);
  }
});
