import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { dataTypes } from '../../tensor/data-types.ts';
import { packCodes } from '../../tensor/packed-codes.ts';
import { roundHalfEven } from '../../tensor/round-half-even.ts';
import type { Format } from '../format.ts';
import { formats } from '../formats/index.generated.ts';
import { blockBytes, blockMatrix, blockZeroPoints, transposed } from './block-codes.ts';
import { groupCodes, groupGrids } from './group-codes.ts';
import { groupingOf } from './grouping.ts';

type FormatName = keyof typeof formats;

/**
 * What onnxruntime 1.30's Python package makes of the same numbers: `quantize_matmul_4bits`, `quantize_matmul_8bits`
 * (MatMulNBitsQuantizer, algorithm DEFAULT). Kind of numbers, K, N, block, format; codes, scales, zero points in hex.
 */
const products: [Kind, number, number, number, FormatName, string, string, string][] = [
  [
    'random',
    33,
    3,
    16,
    'int4',
    'df20e851fea56256ceb7710fd84372d700000000000000008baf47eee901028904b3cdafa8bed47700000000000000003f330d72ab7bab0ce16ce404f74bc07c0000000000000000',
    'c6ea7a3d44dd753d72ed563bd98b723d8bdc4b3dd6cd1dbde1115d3d688e673d45a5c1bc',
    '',
  ],
  [
    'random',
    33,
    3,
    16,
    'uint4',
    'de20d861fea56356ceb7720fd84372d700000000000000008baf47eee901028904b3cdafa8bdd4770f000000000000003f330d72ab7bab0cd16ce414f74bc07b0f00000000000000',
    '725f843d287a823d8b41e53a606e733dd5f74c3d0653a83ce9425a3d23d7713d278e4e3c',
    '888f88808880',
  ],
  [
    'random',
    33,
    3,
    16,
    'int8',
    'eccf001984da0d56e2fd50a224665b4ee1c771ab1376ff0084d232381f6e72ce00000000000000000000000000000000ac85f19f723de1d88be60f0122008978400029b4d3c0f19d7d9fd8b545cb696d00000000000000000000000000000000ed2d2a31ca001d75b3a5b06eafa3b90813d8c7663ae543056dfbad4500bfba7200000000000000000000000000000000',
    'c6ea7a3b44dd753b72ed5639d98b723b8bdc4b3bd6cd1dbbe1115d3b688e673b45a5c1ba',
    '',
  ],
  [
    'random',
    33,
    3,
    16,
    'uint8',
    'eed0001985db0d57e4ff51a325665c4fe1c771ab1276ff0084d232381f6e72ce00000000000000000000000000000000b78dffa97941eee693f410022400918043002bbedfcbffa684a8e4bf49d76f73ff000000000000000000000000000000ff302d35d900207ec1b2bd76bcafc70913dcca683be944056fffb04600c2bd73ff000000000000000000000000000000',
    '222c793ba69a753b37c5d738971c653b41e9403b426c9e3a266c4d3b4e9d633bad67423a',
    '8180ff8887008a8200',
  ],
  [
    'ties',
    33,
    3,
    16,
    'int4',
    'df20d851fea56256ceb7710fd84372d708000000000000008baf47dee901028904c3cd9fb8cdd47700000000000000003f320d72ab7bab1be17df305f75bd07b0000000000000000',
    '0000803e0000803e000000800000803e0000403e000020be0000603e0000603e0000c0bd',
    '',
  ],
  [
    'ties',
    33,
    3,
    16,
    'uint4',
    'ce10c740fd945145bda6600fc73261c600000000000000008baf47dee901028914c3cd9fb8cdd4770f000000000000003f320d72ab7bab1bd27ce415f75bc17b0f00000000000000',
    '8988883e8988883e000000000000803ecdcc4c3eabaaaa3ddedd5d3eefee6e3ecdcc4c3d',
    '778088808880',
  ],
  [
    'ties',
    33,
    3,
    16,
    'int8',
    'f0d0002080d01050e0ff50a020606050e0c070b01070ff0080d03040207070d080000000000000000000000000000000b080f0a07040e0d090e010002000908040002bc0d5c0ff9580abd5c040d56b6b00000000000000000000000000000000ee372537c900256eb7a5b76eb7a5b71212dbc96e37ee49006effb74900c9b76e00000000000000000000000000000000',
    '0000803c0000803c000000800000803c0000403c000020bc0000603c0000603c0000c0bb',
    '',
  ],
  [
    'ties',
    33,
    3,
    16,
    'uint8',
    'efcf001f7fcf0f4fdfff4f9f1f5f5f4fdfbf6faf0f6fff007fcf2f3f1f6f6fcf00000000000000000000000000000000bb88ffaa7744eedd99ee11002200998840012bc0d5c0ff9580abd5c040d56b6bff000000000000000000000000000000ff3b273bd7002775c4b0c475c4b0c41313dbc96e37ed49016effb74901c9b76eff000000000000000000000000000000',
    '8180803c8180803c00000000f1f0703cc1c0403ca1a0a03bd1d0503ce1e0603cc1c0403b',
    '7f7f00888000898000',
  ],
  [
    'sparse',
    33,
    3,
    16,
    'int4',
    '808888888888888888888888888888880800000000000000888888888888888888888888888888880800000000000000888888888888888888888888888888880000000000000000',
    '0000c0be000000800000008000000080000000800000008000000080000000800000803e',
    '',
  ],
  [
    'sparse',
    33,
    3,
    16,
    'uint4',
    '0f0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000',
    'cdcc4c3e000000000000000000000000000000000000000000000000000000008988083e',
    '00800080008f',
  ],
  [
    'sparse',
    33,
    3,
    16,
    'int8',
    '008080808080808080808080808080808080808080808080808080808080808080000000000000000000000000000000808080808080808080808080808080808080808080808080808080808080808080000000000000000000000000000000808080808080808080808080808080808080808080808080808080808080808000000000000000000000000000000000',
    '0000c0bc000000800000008000000080000000800000008000000080000000800000803c',
    '',
  ],
  [
    'sparse',
    33,
    3,
    16,
    'uint8',
    'ff0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000',
    'c1c0403c000000000000000000000000000000000000000000000000000000008180003c',
    '0000000000000000ff',
  ],
  [
    'positive',
    40,
    2,
    32,
    'int4',
    '14304325774367750164102245658224606344840000000000000000000000005422843520226431516268486623634802185034000000000000000000000000',
    'b5e57fbd38176ebd32c17bbd140a5bbd',
    '',
  ],
  [
    'positive',
    40,
    2,
    32,
    'uint4',
    'd7af89c521895326ed48dfcc76360ab74f49781800000000000000000000000068cc1796bfbc48ad5d3c517044a94881ebd16fa7000000000000000000000000',
    '837a083da2f6fd3ce744063d5aa4e93c',
    '0000',
  ],
  [
    'positive',
    40,
    2,
    32,
    'int8',
    '440f0029313a521b7570343d69584c700e073b5e01101b1d4a484e68277e4226005c305d3b483879000000000000000000000000000000000000000000000000404a1e1b457a4f3600251a243c61142b145219647c597e475b5e3428385d7a3e2205781200514628000000000000000000000000000000000000000000000000',
    'b5e57fbb38176ebb32c17bbb140a5bbb',
    '',
  ],
  [
    'positive',
    40,
    2,
    32,
    'uint8',
    '77e0ffad9d8c5cca152098852d4f6720e3f28a45fedfc9c56c706430b1037cb4ff479f4789708f0f000000000000000000000000000000000000000000000000806cc4c8760c6194ffb6cab7873ed8a9d75bce38094e04714a4597b090450c84baf610dcff5e73af000000000000000000000000000000000000000000000000',
    '4e73003b3e06ef3af0bdfc3afae5db3a',
    '00000000',
  ],
];

/** The same of `DefaultWeightOnlyQuantizer.quantize_ndarray`, by rows and columns of a table. */
const tables: [Kind, number, number, number, FormatName, string, string, string][] = [
  [
    'random',
    2,
    40,
    16,
    'int4',
    'd3ae1d3096fa3e48981f049bd148f7ab033813b3c19f900814b506b177dd11e8909445f15caff184',
    '773d6cbd8deb75bdde0d7fbd5bd578bda70e783d409970bd',
    '',
  ],
  [
    'random',
    2,
    40,
    16,
    'uint4',
    'a4d96a47f08d493fde6873dca63f80dc400f20b0a5d8d56f52c160b5fe559960181cbd790be775f2',
    '0f5e603de9ec813d4e0c413db6d4683d5594823dd1a94a3d',
    '776468',
  ],
  [
    'ties',
    2,
    40,
    16,
    'int4',
    'd29e1d3087fa3e5867f10c653fc71865033813b3c1afa00814b406c176dd11e8909435f14caff183',
    '000060be0000803e000080be000080be0000803e000080be',
    '',
  ],
  [
    'ties',
    2,
    40,
    16,
    'uint4',
    'a5e96a47f08d492fde6873dca63e80dc400f30b0a5c7c66f52b260a5ed448850070bac680ac664f1',
    'dedd5d3e8988883ebcbb3b3eefee6e3e8988883ecdcc4c3e',
    '776457',
  ],
  [
    'sparse',
    2,
    40,
    16,
    'int4',
    '08000000000000000000000000000000000000000000000000000000000000000000000000000080',
    '0000c0be000000800000008000000080000000800000803e',
    '',
  ],
  [
    'sparse',
    2,
    40,
    16,
    'uint4',
    '0f0000000000000088888888888888888888888888888888888888888888888888888888ffffff0f',
    'cdcc4c3e000000000000000000000000000000008988083e',
    '8088f8',
  ],
  [
    'positive',
    2,
    40,
    16,
    'int4',
    'ddaefdd09afadec898ff0c9bdfc8f8ab0dd8fdbdcf9f9008fcbb0abf89ddffe8909ccbffbcafff8c',
    '773d6cbd8deb75bdde0d7fbd5bd578bda70e78bd409970bd',
    '',
  ],
  [
    'positive',
    2,
    40,
    16,
    'uint4',
    '65b32561ec2a547fde1218da617f2fc9066f369682c3c10f18a90b92fc66224fd0e87a2197c121f7',
    '4cfdfb3c4b28033d6507083d0eb6043d154c043dbc51003d',
    '000000',
  ],
];

/** SHA-256 of codes, scales and zero points of a matrix of 1000 × 77 in blocks of 32. */
const large: [FormatName, string][] = [
  ['int4', '013fa0b12dff4561e88d16508df6ee285c932e2bb387102112acc82f76ba0aa2'],
  ['uint4', '79504494fda37b05bd6c626965b41103d1030bd0fff67d3b618f765aae58256b'],
  ['int8', '6556d56f0b46570d72ec5a2dc5f36eebc79cf01172354be329fb3c5991fdd313'],
  ['uint8', '54f7cd0dff2547a47726d93d145415ad86855d50464bd2bf6073da73f81c3c67'],
];

type Kind = 'random' | 'ties' | 'sparse' | 'positive';

/** Numbers both sides can make: a linear congruence, in −0.5..0.5. */
function congruence(count: number, seed: number): Float32Array {
  let x = seed;
  return Float32Array.from({ length: count }, () => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    return x / 2 ** 32 - 0.5;
  });
}

function numbers(kind: Kind, rows: number, columns: number): Float32Array {
  const values = congruence(rows * columns, rows * 131 + columns);
  if (kind === 'ties') return values.map((x) => roundHalfEven(x * 16) / 4);
  if (kind === 'positive') return values.map(Math.abs);
  if (kind === 'sparse') return values.map((_, i) => (i === 0 ? 3 : i === values.length - 1 ? -2 : 0));
  return values;
}

function hex(bytes: ArrayBufferView | undefined): string {
  return bytes ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex') : '';
}

function matrixOf(rowMajor: Float32Array, depth: number, block: number, name: FormatName) {
  const format: Format = formats[name];
  return blockMatrix(rowMajor, depth, block, { format, bits: dataTypes[format.dtype].bits });
}

test.each(products)(
  'product %s %i × %i, block %i, %s: the bytes of the reference',
  (kind, depth, columns, block, name, ...expected) => {
    const rowMajor = transposed(numbers(kind, depth, columns), depth, columns);
    const matrix = matrixOf(rowMajor, depth, block, name);
    const got = [blockBytes(rowMajor, matrix), matrix.grids.scales, blockZeroPoints(matrix)].map(hex);
    expect(got).toEqual(expected);
  },
);

test.each(tables)(
  'table %s %i × %i, block %i, %s: the bytes of the reference',
  (kind, rows, columns, block, name, ...expected) => {
    const values = numbers(kind, rows, columns);
    const grids = groupGrids(values, formats[name], groupingOf([rows, columns], [0], `block:${block}`));
    const codes = groupCodes(values, grids);
    const filled = Math.ceil(columns / block) * block;
    const own = Array.from(codes).filter((_, i) => i % filled < columns);
    const zeroPoints = grids.zeroPoints && packCodes(grids.zeroPoints, 4);
    expect([packCodes(own, 4), grids.scales, zeroPoints].map(hex)).toEqual(expected);
  },
);

test.each(large)('a larger product in %s: the bytes of the reference', (name, expected) => {
  const rowMajor = transposed(congruence(77000, 7), 1000, 77);
  const matrix = matrixOf(rowMajor, 1000, 32, name);
  const all = [blockBytes(rowMajor, matrix), matrix.grids.scales, blockZeroPoints(matrix)].map(hex).join('');
  expect(createHash('sha256').update(Buffer.from(all, 'hex')).digest('hex')).toBe(expected);
});
