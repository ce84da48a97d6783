import { expect, test } from 'vitest';
import { progressLine } from './progress-line.ts';

function recorder(terminal: { isTTY?: boolean; columns?: number } = {}, quiet = false) {
  const written: string[] = [];
  const clock = { ms: 0 };
  const stream = { ...terminal, write: (text: string) => written.push(text) };
  return { written, clock, ...progressLine({ quiet, stream, now: () => clock.ms }) };
}

const start = '\r\x1b[2K';

test('a terminal gets one line, redrawn ten times a second, with rate and time left, and taken back', () => {
  const { written, clock, show, clear } = recorder({ isTTY: true });
  show({ phase: 'calibrate', done: 1, total: 8 });
  clock.ms = 50;
  show({ phase: 'calibrate', done: 2, total: 8 });
  clock.ms = 1000;
  show({ phase: 'calibrate', done: 4, total: 8 });
  clear();
  clear();
  expect(written).toEqual([
    `${start}███░░░░░░░░░░░░░░░░░░░░░ calibrate 1/8`,
    `${start}████████████░░░░░░░░░░░░ calibrate 4/8  4.0/s  1 s left`,
    start,
  ]);
});

test('the last step is drawn at once, and a new phase starts its own clock', () => {
  const { written, clock, show } = recorder({ isTTY: true });
  show({ phase: 'a', done: 1, total: 2 });
  clock.ms = 10;
  show({ phase: 'a', done: 2, total: 2 });
  show({ phase: 'b', done: 1, total: 100 });
  expect(written.map((text) => text.replace(/^.*[█░] /su, ''))).toEqual(['a 1/2', 'a 2/2', 'b 1/100']);
});

test('a narrow terminal gets a line that does not wrap', () => {
  const { written, show } = recorder({ isTTY: true, columns: 20 });
  show({ phase: 'calibrate', done: 1, total: 1 });
  expect(written).toEqual([`${start}${'█'.repeat(19)}`]);
});

test('elsewhere plain lines tell begin and end, and every five seconds a sign of life', () => {
  const { written, clock, show, clear } = recorder();
  for (let done = 1; done <= 10; done++) {
    clock.ms = done * 1000;
    show({ phase: 'evaluate', done, total: 10 });
  }
  clear();
  expect(written).toEqual(['evaluate: 1/10\n', 'evaluate: 6/10\n', 'evaluate: 10/10\n']);
});

test('quiet writes nothing', () => {
  const { written, show, clear } = recorder({ isTTY: true }, true);
  show({ phase: 'calibrate', done: 1, total: 1 });
  clear();
  expect(written).toEqual([]);
});
