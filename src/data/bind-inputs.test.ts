import { describe, expect, test } from 'vitest';
import { collect } from '../testing/collect.ts';
import { bindInputs } from './bind-inputs.ts';
import { datasetFromTensors } from './dataset-from-tensors.ts';

function zeros(...shape: number[]) {
  return { dtype: 'float' as const, shape, data: new Float32Array(shape.reduce((size, n) => size * n, 1)) };
}

function input(name: string, ...shape: (number | string)[]) {
  return { name, shape, dtype: 'float' };
}

const pixels = datasetFromTensors({
  inputs: { pixels: zeros(2, 3, 8, 6) },
  labels: [1, 0],
  name: 'data.yaml',
});
const first = (dataset: typeof pixels) => collect(dataset.batches({ batchSize: 2 })).then(([batch]) => batch);

describe('binding', () => {
  test('one field feeds one input whatever their names; labels stay', async () => {
    const batch = await first(bindInputs(pixels, [input('x', 'N', 3, 8, 6)]));
    expect(Object.keys(batch.inputs)).toEqual(['x']);
    expect(batch.labels).toEqual(Int32Array.of(1, 0));
  });

  test('equal names bind, fields the model does not take are left out, a mapping goes before names', async () => {
    const two = datasetFromTensors({ inputs: { a: zeros(1, 2), b: zeros(1, 3), c: zeros(1, 3) } });
    const byName = await first(bindInputs(two, [input('b', 1, 3), input('a', 1, 2)]));
    expect(Object.keys(byName.inputs)).toEqual(['b', 'a']);
    const mapped = await first(bindInputs(two, [input('a', 'N', 'K')], { a: 'c' }));
    expect(mapped.inputs.a.shape).toEqual([1, 3]);
  });

  test('what is not clear is an error with both lists', async () => {
    const two = datasetFromTensors({ inputs: { a: zeros(1, 2), b: zeros(1, 3) } });
    await expect(first(bindInputs(two, [input('a', 1, 2), input('state', 1)]))).rejects.toMatchObject({
      code: 'inputs-unbound',
      message: 'It is not clear which field of the data feeds "state".',
      expected: 'model inputs: a, state',
      got: 'fields: a, b',
    });
    expect(() => bindInputs(two, [input('a', 1, 2)], { x: 'a' })).toThrow(
      'The model has no input called "x".',
    );
    await expect(first(bindInputs(two, [input('a', 1, 2)], { a: 'z' }))).rejects.toThrow(
      'no field called "z"',
    );
  });
});

describe('fit', () => {
  test.each([[['N', 3, 8, 6]], [[1, 3, 8, 6]], [['N', 3, 'height', 'width']]])(
    '%j takes [2, 3, 8, 6]',
    async (shape) => {
      await expect(first(bindInputs(pixels, [input('x', ...shape)]))).resolves.toBeDefined();
    },
  );

  test.each([
    [['N', 3, 4, 4], 'Set preprocess.shortSide and preprocess.crop: 4.'],
    [['N', 3, 6, 8], 'Set preprocess.resize or preprocess.crop: [6, 8].'],
    [['N', 8, 6, 3], 'Set preprocess.layout: nhwc.'],
    [['N', 1, 8, 6], 'Set preprocess.color: gray.'],
    [['N', 10], "Images give 4 axes, the model's input has 2; check that data and model belong together."],
  ])('%j does not: %s', async (shape, hint) => {
    await expect(first(bindInputs(pixels, [input('x', ...shape)]))).rejects.toMatchObject({
      code: 'sample-does-not-fit',
      expected: `float[${shape.join(', ')}]`,
      got: 'float[2, 3, 8, 6]',
      hint,
    });
  });

  test('the element type must be the same', async () => {
    const bound = bindInputs(pixels, [{ name: 'x', shape: ['N', 3, 8, 6], dtype: 'uint8' }]);
    await expect(first(bound)).rejects.toMatchObject({ expected: 'uint8[N, 3, 8, 6]' });
  });
});

test('a batch of another size than the model fixes is an error that says so', async () => {
  const three = datasetFromTensors({ inputs: { x: zeros(3, 2) }, name: 'data.yaml' });
  const read = (batch: number | string, batchSize: number) =>
    collect(bindInputs(three, [input('x', batch, 2)]).batches({ batchSize }));
  expect(await read('N', 2)).toHaveLength(2);
  expect(await read(3, 3)).toHaveLength(1);
  await expect(read(2, 2)).rejects.toMatchObject({ code: 'batch-does-not-fit', expected: '2', got: '1' });
});
