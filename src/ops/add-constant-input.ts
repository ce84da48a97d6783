import type { DataType } from '../base/tensor.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import { dataTypes } from '../tensor/data-types.ts';
import type { UpgradeContext } from './op.ts';

/**
 * Opset upgrades turn attributes into inputs: adds a constant as input `index`, a scalar of one number, a vector of
 * several. Undefined `values` (the attribute is absent) add nothing. Half-precision constants are float32 behind a Cast.
 */
export function addConstantInput(
  { node, graph }: UpgradeContext,
  index: number,
  name: string,
  dtype: Extract<DataType, 'int64' | 'float' | 'double' | 'float16'>,
  values: number | readonly number[] | undefined,
): void {
  if (values === undefined) return;
  const numbers = typeof values === 'number' ? [values] : values;
  const shape = typeof values === 'number' ? [] : [numbers.length];
  const stored = dtype === 'float16' ? 'float' : dtype;
  const outputName = `${node.name || node.output.name}_${name}`;
  const source = tensorSourceOfTensor({ dtype: stored, shape, data: arrayOf(stored, numbers) });
  const constant = graph.addInitializer(outputName, source);
  node.setInput(
    index,
    stored === dtype
      ? constant
      : graph.addNode({
          opType: 'Cast',
          inputs: [constant],
          outputName,
          attributes: [['to', { type: 'INT', value: BigInt(dataTypes[dtype].code) }]],
        }),
  );
}

function arrayOf(dtype: 'int64' | 'float' | 'double', numbers: readonly number[]) {
  if (dtype === 'int64') return BigInt64Array.from(numbers, BigInt);
  return dtype === 'float' ? Float32Array.from(numbers) : Float64Array.from(numbers);
}
