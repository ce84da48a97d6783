import { describe, expect, test } from 'vitest';
import { collect } from '../testing/collect.ts';
import { bindInputs } from './bind-inputs.ts';
import { constantTensor } from './constant-tensor.ts';
import type { Task } from './dataset.ts';
import { datasetFromSamples } from './dataset-from-samples.ts';
import { constantOptions } from './field-options.ts';
import { initialState } from './initial-state.ts';
import type { Sample } from './source.ts';

const float = (shape: number[], ...values: number[]) => ({
  dtype: 'float' as const,
  shape,
  data: Float32Array.from(values),
});
const sequences: Sample[] = [
  { fields: { x: float([3, 2], 1, 2, 3, 4, 5, 6) }, label: 1, target: float([3], 10, 20, 30) },
  { fields: { x: float([1, 2], 7, 8) }, label: 0, target: float([1], 40) },
];

function dataset(task: Task, samples = sequences) {
  return datasetFromSamples(
    { length: samples.length, fields: ['x'], tasks: ['none'], read: async (index) => samples[index] },
    {
      name: 'steps.yaml',
      task,
      chosen: Int32Array.from(samples.keys()),
      inputs: { input: 'x' },
      fields: { x: { scale: 2, mean: 0, std: 1, shape: [2, 1] } },
      constants: {
        sr: constantTensor(constantOptions.parse({ dtype: 'int64', value: 16000 })),
        h: constantTensor(constantOptions.parse({ shape: [1, 2], values: [0.5, -1] })),
      },
      state: { hOut: 'h', cOut: 'c' },
    },
  );
}

const model = [
  { name: 'sr', shape: [], dtype: 'int64' },
  { name: 'h', shape: ['N', 2], dtype: 'float' },
  { name: 'c', shape: [1, 3], dtype: 'float' },
  { name: 'input', shape: ['N', 2, 1], dtype: 'float' },
];

describe('a data set with state', () => {
  test('gives the steps of one sequence after another, marked at both ends', async () => {
    const bound = bindInputs(dataset('classification'), model);
    const batches = await collect(bound.batches({ batchSize: 8, indices: [1, 0] }));
    expect(batches.map(({ sequenceStart, sequenceEnd }) => [sequenceStart, sequenceEnd])).toEqual([
      [true, true],
      [true, false],
      [false, false],
      [false, true],
    ]);
    expect(batches.map(({ inputs }) => Array.from(inputs.input.data, Number))).toEqual([
      [14, 16],
      [2, 4],
      [6, 8],
      [10, 12],
    ]);
    expect(batches[0].inputs.input.shape).toEqual([1, 2, 1]);
    expect(batches.map(({ labels }) => labels?.[0])).toEqual([0, undefined, undefined, 1]);
    expect(bound.state).toEqual({ hOut: 'h', cOut: 'c' });
  });

  test('constants come behind the fields; a state without one begins with zeros, lengths unknown being 1', async () => {
    const [{ inputs }] = await collect(bindInputs(dataset('none'), model).batches({ batchSize: 1 }));
    expect(Object.keys(inputs)).toEqual(['input', 'sr', 'h', 'c']);
    expect(inputs.sr).toEqual({ dtype: 'int64', shape: [], data: BigInt64Array.of(16000n) });
    expect(inputs.h).toEqual(float([1, 2], 0.5, -1));
    expect(inputs.c).toEqual(float([1, 3], 0, 0, 0));
  });

  test('zeros of every plain type; packed types and giants are refused by name', () => {
    const state = (dtype: string, ...shape: (number | string)[]) =>
      initialState({ name: 'h', shape, dtype }, 'steps.yaml');
    expect(state('float16', 2, 'batch', 3)).toEqual({
      dtype: 'float16',
      shape: [2, 1, 3],
      data: new Uint16Array(6),
    });
    expect(state('int64').data).toEqual(new BigInt64Array(1));
    expect(state('bool', 'N').data).toEqual(new Uint8Array(1));
    for (const dtype of ['int4', 'string', 'complex64', 'nonsense'])
      expect(() => state(dtype, 1)).toThrow(
        expect.objectContaining({ code: 'state-without-zero', got: dtype }),
      );
    expect(() => state('float', 2 ** 20, 2 ** 20)).toThrow(
      expect.objectContaining({ code: 'state-too-large' }),
    );
  });

  test('targets go with every step', async () => {
    const batches = await collect(dataset('regression').batches({ batchSize: 1 }));
    expect(batches.map(({ targets }) => targets?.data[0])).toEqual([10, 20, 30, 40]);
  });

  test('what the model does not have, or has otherwise, is refused at once', () => {
    const without = (name: string) => model.filter((input) => input.name !== name);
    expect(() => bindInputs(dataset('none'), without('sr'))).toThrow('The model has no input called "sr"');
    expect(() => bindInputs(dataset('none'), without('c'))).toThrow('The model has no input called "c"');
    const wider = [...without('sr'), { name: 'sr', shape: [1], dtype: 'int64' }];
    expect(() => bindInputs(dataset('none'), wider)).toThrow('Field "sr" does not fit');
  });

  test('samples that are no sequences are refused', async () => {
    const read = (sample: Sample) => collect(dataset('regression', [sample]).batches({ batchSize: 1 }));
    await expect(read({ fields: { x: float([0, 2]) } })).rejects.toMatchObject({ code: 'not-a-sequence' });
    await expect(
      read({ fields: { x: float([1, 2], 1, 2) }, target: float([2], 1, 2) }),
    ).rejects.toMatchObject({
      got: 'targets: [2]',
    });
  });
});
