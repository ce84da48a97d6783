import { expect, test } from 'vitest';
import { parseNamedOptions } from './parse-named-options.ts';

test('values are numbers, truths, lists or words', () =>
  expect(parseNamedOptions('step:gamma=1e-2,milestones=0.3/0.6,isEven=true,mode=fast,quiet')[0]).toEqual({
    name: 'step',
    spelled: 'step:gamma=1e-2,milestones=0.3/0.6,isEven=true,mode=fast',
    options: { gamma: 0.01, milestones: [0.3, 0.6], isEven: true, mode: 'fast' },
  }));

test('a word without = begins the next', () =>
  expect(parseNamedOptions('a:x=1,b,c:y=2').map(({ name }) => name)).toEqual(['a', 'b', 'c']));
