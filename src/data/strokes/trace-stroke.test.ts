import { expect, test } from 'vitest';
import { parseSkeleton } from './parse-skeleton.ts';
import { traceStroke } from './trace-stroke.ts';

const PIECES = 6;

function trace(text: string): Float64Array {
  return traceStroke(parseSkeleton(text)[0]);
}

function pointAt(path: Float64Array, index: number): number[] {
  return [path[2 * index], path[2 * index + 1]];
}

test('runs through every point of the skeleton', () => {
  const [stroke] = parseSkeleton('0,0 30,10 20,50! 70,100');
  const path = traceStroke(stroke);
  expect(path.length).toBe(2 * (3 * PIECES + 1));
  for (const [i, { x, y }] of stroke.entries()) expect(pointAt(path, i * PIECES)).toEqual([x, y]);
});

test('midway between two points it is (−a + 9b + 9c − d) / 16', () => {
  const path = trace('0,8 16,0 48,32 64,96');
  const expected = [(0 + 9 * 16 + 9 * 48 - 64) / 16, (-8 + 0 + 9 * 32 - 96) / 16];
  expect(pointAt(path, PIECES + PIECES / 2)).toEqual(expected);
});

test('two points give a straight line at even speed', () => {
  const path = trace('0,60 30,0');
  for (let i = 0; i <= PIECES; i++) {
    expect(path[2 * i]).toBeCloseTo(5 * i, 12);
    expect(path[2 * i + 1]).toBeCloseTo(60 - 10 * i, 12);
  }
});

test('between two corners the pen goes straight, and neither side sees beyond the corner', () => {
  const bent = trace('0,0 0,60! 60,60! 90,0');
  for (let i = PIECES; i <= 2 * PIECES; i++) expect(bent[2 * i + 1]).toBe(60);
  const other = trace('0,0 0,60! 10,90');
  expect(bent.slice(0, 2 * PIECES)).toEqual(other.slice(0, 2 * PIECES));
});
