import { describe, expect, test } from 'vitest';
import { parseAugmentations } from './parse-augmentations.ts';

const chosen = (text: string) =>
  parseAugmentations(text).map(({ augmentation, options }) => [augmentation.name, options]);

describe('augmentations as a text', () => {
  test('names, with options behind a colon', () =>
    expect(chosen('flip, crop:pad=3,affine:rotate=20,scale=0.2,noise')).toEqual([
      ['flip', { p: 0.5 }],
      ['crop', { pad: 3 }],
      ['affine', { rotate: 20, scale: 0.2, shear: 0, translate: 0 }],
      ['noise', { level: 0.1 }],
    ]));

  test('an empty text is none', () => expect(chosen('')).toEqual([]));

  test('an unknown name is told the known ones', () =>
    expect(() => chosen('flip,twist')).toThrow(
      expect.objectContaining({
        code: 'unknown-name',
        expected: expect.stringMatching(/^affine, crop, cutout,/),
      }),
    ));

  test('an unknown option is told the known ones', () =>
    expect(() => chosen('crop:border=3')).toThrow(
      expect.objectContaining({
        code: 'bad-record-options',
        message: expect.stringContaining('border'),
        expected: 'pad',
        where: 'crop:border=3',
      }),
    ));

  test.each([
    ['crop:pad=x', 'pad'],
    ['crop:pad=', 'pad'],
    ['crop:pad', 'pad'],
    ['flip:p=2', 'p: '],
    ['flip:p=0.1/0.2', 'p: '],
  ])('%s is refused with the option named', (text, option) =>
    expect(() => chosen(text)).toThrow(
      expect.objectContaining({ code: 'bad-record-options', message: expect.stringContaining(option) }),
    ),
  );

  test('a value without a name before it is refused', () =>
    expect(() => chosen('pad=3')).toThrow(expect.objectContaining({ code: 'unknown-name' })));
});
