import { expect, test } from 'vitest';
import { limitText } from './limit-text.ts';

test('a limit reads as a sentence, gains with a real minus', () => {
  const limit = { name: 'max-drop', wanted: 0.5, unit: 'points', met: true };
  expect(limitText({ ...limit, got: 0.75 })).toBe('max-drop: at most 0.500 points wanted, 0.750 reached');
  expect(limitText({ ...limit, wanted: 0, got: -1 })).toBe(
    'max-drop: at most 0 points wanted, −1.00 reached',
  );
});
