import { describe, expect, test } from 'vitest';
import type { Tensor } from '../base/tensor.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { GraphBuilder } from '../testing/build-graph.ts';
import { runModel } from '../testing/run-model.ts';
import { f32, floats } from '../testing/tensors.ts';
import { fromBfloat16, toBfloat16 } from './bfloat16.ts';
import { dataTypes } from './data-types.ts';
import { fromFloat16, toFloat16 } from './float16.ts';

const runner = await ortNode();

/** What ONNX Runtime's Cast makes of the values and back. */
async function castByEngine(values: Float32Array, dtype: 'float16' | 'bfloat16'): Promise<Float32Array> {
  const b = new GraphBuilder();
  const to = (code: number) => ({ attributes: { to: code } });
  const half = b.node('Cast', [b.input('x', [values.length])], to(dataTypes[dtype].code));
  const back = b.node('Cast', [half], { ...to(dataTypes.float.code), outputs: ['y'] });
  const x: Tensor = floats([values.length], Array.from(values));
  return (await runModel(runner, b.model(13, back), { x })).y.data as Float32Array;
}

/** Every float16 and bfloat16, the ties between neighbours and what lies beside them. */
function telling(decode: (halves: Uint16Array) => Float32Array): Float32Array {
  const all = decode(Uint16Array.from({ length: 65536 }, (_, i) => i)).filter(Number.isFinite);
  const sorted = all.sort();
  const ties = sorted.map((x, i) => (x + (sorted[i + 1] ?? x)) / 2).filter(Number.isFinite);
  const bits = new Int32Array(ties.slice().buffer);
  const beside = [-1, 1].flatMap((step) => [...new Float32Array(bits.map((x) => x + step).buffer)]);
  return Float32Array.from([...sorted, ...ties, ...beside.filter(Number.isFinite)]);
}

describe.each([
  ['float16', toFloat16, fromFloat16],
  ['bfloat16', toBfloat16, fromBfloat16],
] as const)('%s', (dtype, encode, decode) => {
  test('every bit pattern comes back, NaN apart', () => {
    const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const numbers = decode(all);
    const kept = all.filter((_, i) => !Number.isNaN(numbers[i]));
    expect(encode(decode(kept))).toEqual(kept);
    expect(decode(encode(Float32Array.of(Number.NaN)))[0]).toBeNaN();
  });

  test('rounds as ONNX Runtime does: all ties and their neighbours, random numbers, extremes', async () => {
    const extremes = [3.4028234663852886e38, -3.4028234663852886e38, 1e-45, 65519.99, 65520, Infinity, -0];
    const values = Float32Array.from([...telling(decode), ...f32([5000], dtype, 300).data, ...extremes]);
    const got = decode(encode(values));
    const expected = await castByEngine(values, dtype);
    const wrong = values.findIndex((_, i) => !Object.is(got[i], expected[i]));
    expect(wrong < 0 ? 'none' : `${values[wrong]}: ${got[wrong]}, not ${expected[wrong]}`).toBe('none');
  });
});
