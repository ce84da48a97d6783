import type { DataType } from '../../base/tensor.ts';
import { constantOf } from '../../onnx/constant-of.ts';
import type { Node } from '../../onnx/ir/node.ts';
import { tensorSourceOfTensor } from '../../onnx/ir/tensor-source-of-tensor.ts';
import type { Value } from '../../onnx/ir/value.ts';
import { opOf } from '../../ops/index.ts';
import { dataTypeOfCode, dataTypes } from '../../tensor/data-types.ts';
import { type GridParameters, scalarGrid } from './grid-parameters.ts';
import { movedInputs } from './moved-inputs.ts';
import type { Saturation } from './options.ts';

/**
 * What stays of a QuantizeLinear when its rounding goes. Quantizing a model replaces clamps behind a layer by the
 * saturation of its codes, and the file does not tell which cuts were such: behind operators that compute, the range
 * of the codes is kept as a Clip. Graph inputs, constants, clamps and functions of a known range hide no clamp; there
 * the cut shows only what calibration saw and is dropped.
 * @returns the value to read in place of the decoded one
 */
export async function keepCut(node: Node, grid: GridParameters, saturation: Saturation): Promise<Value> {
  const input = node.inputs[0]!;
  const range = saturation === 'drop' || !mayHideClamp(input) ? undefined : await codedRange(node, grid);
  if (!range) return input;
  const graph = node.graph!;
  const bound = (name: string, value: number): Value =>
    graph.addInitializer(
      `${input.name}_${name}`,
      tensorSourceOfTensor({ dtype: 'float', shape: [], data: Float32Array.of(value) }),
    );
  const outputName = `${input.name}_cut`;
  if (saturation === 'keep') {
    const inputs = [input, bound('min', range.min), bound('max', range.max)];
    return graph.addNode({ opType: 'Clip', inputs, outputName });
  }
  if (range.min === 0) return graph.addNode({ opType: 'Relu', inputs: [input], outputName });
  if (range.max !== 0) return input;
  return graph.addNode({ opType: 'Clip', inputs: [input, undefined, bound('max', 0)], outputName });
}

function mayHideClamp(value: Value): boolean {
  let origin = value;
  for (;;) {
    const { producer } = origin;
    if (!producer || constantOf(origin)) return false;
    const role = opOf(producer)?.role;
    if (role?.kind === 'clamp' || (role?.kind === 'computed' && role.fixedRange)) return false;
    const [first] = movedInputs(producer) ?? [];
    const input = first === undefined ? undefined : producer.inputs[first];
    if (!input) return true;
    origin = input;
  }
}

/** Numbers the lowest and the highest code stand for; undefined for several grids, and codes that are floats. */
async function codedRange(
  node: Node,
  grid: GridParameters,
): Promise<{ min: number; max: number } | undefined> {
  const scalar = await scalarGrid(grid);
  const zeroType = grid.zeroPoint && constantOf(grid.zeroPoint)?.dtype;
  const dtype: DataType = zeroType ?? dataTypeOfCode(node.int('output_dtype') ?? 0) ?? 'uint8';
  const isSigned = dtype.startsWith('int');
  if (!scalar || !(isSigned || dtype.startsWith('uint'))) return undefined;
  const count = 2 ** dataTypes[dtype].bits;
  const lowest = isSigned ? -count / 2 : 0;
  const { scale, zeroPoint } = scalar;
  return { min: (lowest - zeroPoint) * scale, max: (lowest + count - 1 - zeroPoint) * scale };
}
