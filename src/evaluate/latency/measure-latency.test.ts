import { describe, expect, it } from 'vitest';
import type { Progress } from '../../base/progress.ts';
import { FakeSession } from '../../testing/fake-session.ts';
import { measureLatency } from './measure-latency.ts';
import { measureLatencyPair } from './measure-latency-pair.ts';
import { measureLatencySet } from './measure-latency-set.ts';
import { roundOrder } from './round-order.ts';

/** A machine with its own clock: models take the time they are given, times how slow the machine is at that moment. */
class FakeMachine {
  time = 0;
  readonly log: string[] = [];
  readonly #slowness: (time: number) => number;

  constructor(slowness: (time: number) => number = () => 1) {
    this.#slowness = slowness;
  }

  readonly now = (): number => this.time;

  /** A model whose nth run takes `ms(n)`. */
  model(name: string, ms: (run: number) => number): FakeSession {
    let runs = 0;
    return new FakeSession([], [], () => {
      this.time += ms(runs++) * this.#slowness(this.time);
      this.log.push(name);
      return {};
    });
  }
}

describe('measureLatency', () => {
  it('gives the quantiles of the timings after the warm-up', async () => {
    const machine = new FakeMachine();
    // 10 slow warm-up runs and one to calibrate, then 1 … 11 ms.
    const session = machine.model('a', (run) => (run < 11 ? 1000 : run - 10));
    const stats = await measureLatency({ session, feeds: {}, runs: 11, batch: 4, now: machine.now });
    expect(stats).toEqual({ median: 6, p10: 2, p90: 10, runs: 11, batch: 4 });
  });

  it('puts as many runs of a fast model into a timing as last 0.3 ms, and reports one', async () => {
    const machine = new FakeMachine();
    const session = machine.model('a', () => 0.01);
    const stats = await measureLatency({ session, feeds: {}, runs: 5, warmup: 0, now: machine.now });
    expect(stats.median).toBeCloseTo(0.01, 12);
    // Calibration: a run of 0.01 ms, then one timing of 30 or, where rounding asks for it, a few more.
    const perTiming = (machine.log.length - 1) / 6;
    expect(perTiming * 0.01).toBeGreaterThanOrEqual(0.29);
    expect(perTiming * 0.01).toBeLessThan(0.7);
  });

  it('refuses a clock that stands still', async () => {
    const session = new FakeSession([], [], () => ({}));
    await expect(measureLatency({ session, feeds: {}, now: () => 5 })).rejects.toMatchObject({
      code: 'clock-too-coarse',
    });
  });

  it('reports progress and stops when aborted', async () => {
    const machine = new FakeMachine();
    const controller = new AbortController();
    const progress: Progress[] = [];
    const measured = measureLatency({
      session: machine.model('a', () => 1),
      feeds: {},
      now: machine.now,
      signal: controller.signal,
      onProgress: (step) => {
        progress.push(step);
        if (step.done === 2) controller.abort(new Error('enough'));
      },
    });
    await expect(measured).rejects.toThrow('enough');
    expect(progress).toEqual([
      { phase: 'latency', done: 1, total: 60 },
      { phase: 'latency', done: 2, total: 60 },
    ]);
  });
});

describe('measureLatencyPair', () => {
  async function pairOn(machine: FakeMachine, ms: { a: number; b: number }) {
    return measureLatencyPair({
      a: machine.model('a', () => ms.a),
      b: machine.model('b', () => ms.b),
      feedsA: {},
      feedsB: {},
      seed: 1,
      now: machine.now,
    });
  }

  it('gives both latencies and the speed-up of b over a', async () => {
    const { a, b, speedup } = await pairOn(new FakeMachine(), { a: 6, b: 2 });
    expect(a).toEqual({ median: 6, p10: 6, p90: 6, runs: 60, batch: 1 });
    expect(b).toEqual({ median: 2, p10: 2, p90: 2, runs: 60, batch: 1 });
    expect(speedup).toEqual({ median: 3, low: 3, high: 3 });
  });

  it('is not misled by a machine that gets four times slower meanwhile', async () => {
    const { a, speedup } = await pairOn(new FakeMachine((time) => 1 + time / 100), { a: 1, b: 0.5 });
    expect(a.p90 / a.p10).toBeGreaterThan(1.5);
    expect(speedup.median).toBeCloseTo(2, 1);
    expect(speedup.low).toBeLessThanOrEqual(2);
    expect(speedup.high).toBeGreaterThanOrEqual(2);
  });
});

describe('measureLatencySet', () => {
  it('interleaves the candidates in turning order', async () => {
    const machine = new FakeMachine();
    const candidates = ['a', 'b', 'c'].map((name, i) => ({
      session: machine.model(name, () => i + 1),
      feeds: {},
    }));
    const measured = await measureLatencySet(candidates, { runs: 6, warmup: 2, now: machine.now });
    expect(measured.map(({ stats }) => stats.median)).toEqual([1, 2, 3]);
    expect(measured.map(({ timingsMs }) => timingsMs.length)).toEqual([6, 6, 6]);
    expect(machine.log.join('')).toBe('aaabbbccc abc cba bca acb cab bac'.replaceAll(' ', ''));
  });

  it('orders two as a b, b a, b a, a b', () => {
    expect([0, 1, 2, 3].map((round) => roundOrder(round, 2))).toEqual([
      [0, 1],
      [1, 0],
      [1, 0],
      [0, 1],
    ]);
  });
});
