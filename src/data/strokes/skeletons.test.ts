import { expect, test } from 'vitest';
import { skeletons } from './skeletons.ts';

test('ten digits of four or more styles, drawn inside a box of 70 × 100', () => {
  expect(skeletons.length).toBe(10);
  for (const styles of skeletons) {
    expect(styles.length).toBeGreaterThanOrEqual(4);
    for (const { x, y } of styles.flat(2)) {
      expect(x).toBeLessThanOrEqual(70);
      expect(y).toBeLessThanOrEqual(100);
    }
  }
});

test('every style reaches from top to bottom', () => {
  for (const style of skeletons.flat()) {
    const heights = style.flat().map(({ y }) => y);
    expect(Math.min(...heights)).toBeLessThanOrEqual(5);
    expect(Math.max(...heights)).toBeGreaterThanOrEqual(96);
  }
});
