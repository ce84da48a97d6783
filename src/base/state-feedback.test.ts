import { describe, expect, it } from 'vitest';
import { floats } from '../testing/tensors.ts';
import { StateFeedback } from './state-feedback.ts';

const x = (value: number) => floats([1], [value]);

describe('StateFeedback', () => {
  it('starts with the initial values, then feeds outputs back until the next sequence starts', () => {
    const feedback = new StateFeedback({ hOut: 'h', cOut: 'c' });
    const step = (value: number, sequenceStart: boolean) => {
      const feeds = feedback.feeds({ inputs: { x: x(value), h: x(0), c: x(-1) }, sequenceStart });
      feedback.take({ y: x(0), hOut: x(10 + value), cOut: x(20 + value) });
      return Object.fromEntries(Object.entries(feeds).map(([name, { data }]) => [name, Number(data[0])]));
    };
    expect(step(1, true)).toEqual({ x: 1, h: 0, c: -1 });
    expect(step(2, false)).toEqual({ x: 2, h: 11, c: 21 });
    expect(step(3, false)).toEqual({ x: 3, h: 12, c: 22 });
    expect(step(4, true)).toEqual({ x: 4, h: 0, c: -1 });
    expect(step(5, false)).toEqual({ x: 5, h: 14, c: 24 });
  });

  it('two outputs may swap their inputs: what is fed is of one step', () => {
    const feedback = new StateFeedback({ a: 'b', b: 'a' });
    feedback.take({ a: x(1), b: x(2) });
    expect(feedback.feeds({ inputs: {} })).toEqual({ b: x(1), a: x(2) });
  });

  it('fetches the state besides what is wanted, each once', () => {
    expect(new StateFeedback({ hOut: 'h' }).fetches(['y', 'hOut'])).toEqual(['y', 'hOut']);
    expect(new StateFeedback({ hOut: 'h' }).fetches([])).toEqual(['hOut']);
    expect(new StateFeedback().fetches(['y'])).toEqual(['y']);
  });

  it('without state hands the inputs on as they are', () => {
    const feedback = new StateFeedback();
    const inputs = { x: x(1) };
    feedback.take({ y: x(2) });
    expect(feedback.feeds({ inputs })).toBe(inputs);
  });
});
