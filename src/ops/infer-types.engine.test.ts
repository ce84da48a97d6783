import { describe, expect, it } from 'vitest';
import { ortNode } from '../runtime/ort-node.ts';
import { runModel } from '../testing/run-model.ts';
import { singleOperators } from '../testing/single-operators.ts';
import { inferTypes } from './infer-types.ts';

const runner = await ortNode();

describe('inferTypes tells what ONNX Runtime makes of operators without a backend case', () => {
  it.each(singleOperators())('$name', async ({ model }) => {
    const types = await inferTypes(model, { ignoreStated: true });
    const made = await runModel(runner, model);
    for (const value of model.graph.outputs) {
      const { dtype, shape } = made[value.name];
      const told = types.get(value);
      expect(told?.dtype).toBe(dtype);
      expect(told?.shape?.map((n, axis) => n ?? shape[axis])).toEqual([...shape]);
    }
  });
});
