import { constantOf } from '../../../onnx/constant-of.ts';
import type { Model } from '../../../onnx/ir/model.ts';
import { Node } from '../../../onnx/ir/node.ts';
import { tensorSourceOfTensor } from '../../../onnx/ir/tensor-source-of-tensor.ts';
import type { Value } from '../../../onnx/ir/value.ts';
import { subgraphDepthFirst } from '../../../onnx/subgraph-depth-first.ts';
import { pinnedValues } from '../../../passes/pinned-values.ts';
import { removeDead } from '../../../passes/remove-dead.ts';
import { dataTypeOfCode, dataTypes } from '../../../tensor/data-types.ts';
import type { Dequantizer } from '../dequantizer.ts';
import { cannotDequantize } from '../errors.ts';
import type { Form } from '../form.ts';
import { type GridParameters, gridParametersOf, scalarGrid } from '../grid-parameters.ts';
import { nodesOf, rewriteEach } from '../nodes-of.ts';
import { storedAs } from '../stored-as.ts';

const decoders = [':DequantizeLinear', 'com.microsoft:DequantizeLinear'];
const encoders = [':QuantizeLinear', 'com.microsoft:QuantizeLinear', ':DynamicQuantizeLinear'];

/**
 * QuantizeLinear and DequantizeLinear: decoded constants become float constants, a pair around a value goes, and what lies
 * between the two works on numbers. Codes that enter or leave the model go on doing so.
 */
export const coding: Form = {
  name: 'coding',
  summary: 'QuantizeLinear, DequantizeLinear, DynamicQuantizeLinear',
  stage: 'decode',
  operators: [...decoders, ...encoders],
  async rewrite(model, dequantizer) {
    const isWanted = nodesOf(model, coding).length > 0;
    if (!isWanted) return 0;
    const pinned = pinnedValues(model.graph);
    const count = await rewriteEach(model, { operators: decoders }, (node) =>
      decode(node, dequantizer, pinned),
    );
    removeDead(model.graph);
    await encodeOutputs(model);
    return count;
  },
};

async function decode(node: Node, dequantizer: Dequantizer, pinned: ReadonlySet<Value>): Promise<void> {
  const [codes] = node.inputs;
  const grid = gridParametersOf(node);
  if (!codes || !grid) throw cannotDequantize(node, 'it lacks an input');
  const stored = storedAs(node);
  const real = await dequantizer.floatOf(codes, grid);
  const value = real === codes ? await numbersOfCodes(node, codes, grid) : real;
  const { output } = node;
  const graph = node.graph!;
  if (stored) for (const { node: reader } of output.uses) dequantizer.note(reader, stored);
  output.replaceUses(value);
  graph.remove(node);
  if (pinned.has(output)) graph.add(new Node({ opType: 'Identity', inputs: [value], outputs: [output] }));
}

/** (codes − zero point) · scale in ordinary operators, for codes that are an input of the model. */
async function numbersOfCodes(node: Node, codes: Value, grid: GridParameters): Promise<Value> {
  const scalar = await scalarGrid(grid);
  if (!scalar) throw cannotDequantize(node, 'it decodes an input of the model by several scales');
  const graph = node.graph!;
  const name = codes.name;
  const cast = graph.addNode({ opType: 'Cast', inputs: [codes], outputName: `${name}_cast` });
  cast.producer?.setInt('to', dataTypes.float.code);
  const inputs = [cast, scalarConstant(node, `${name}_zero`, scalar.zeroPoint)];
  const shifted = graph.addNode({ opType: 'Sub', inputs, outputName: `${name}_shifted` });
  const factors = [shifted, scalarConstant(node, `${name}_scale`, scalar.scale)];
  return graph.addNode({ opType: 'Mul', inputs: factors, outputName: `${name}_float` });
}

/** Whatever encoders are left make codes that leave the model; anything else is not understood. */
async function encodeOutputs(model: Model): Promise<void> {
  const pinned = pinnedValues(model.graph);
  for (const node of nodesOf(model, { operators: encoders })) {
    const reader = node.outputs.flatMap((value) => value?.uses ?? [])[0]?.node;
    if (reader) throw cannotDequantize(reader, 'it computes with codes in a way that is not known');
    if (node.outputs.slice(1).some((value) => value && pinned.has(value)) || node.inputs.length === 1)
      throw cannotDequantize(node, 'its scale leaves the model');
    await encode(node);
  }
  for (const graph of subgraphDepthFirst(model.graph)) graph.sort();
}

/** saturate(round(x / scale) + zero point) in ordinary operators. */
async function encode(node: Node): Promise<void> {
  const grid = gridParametersOf(node);
  const scalar = grid && (await scalarGrid(grid));
  const zeroType = grid?.zeroPoint && constantOf(grid.zeroPoint)?.dtype;
  const dtype = zeroType ?? dataTypeOfCode(node.int('output_dtype') ?? 0) ?? 'uint8';
  const isInteger = /^u?int(8|16)$/.test(dtype);
  if (!scalar || !isInteger) throw cannotDequantize(node, `its ${dtype} codes leave the model`);
  const graph = node.graph!;
  const { output } = node;
  const count = 2 ** dataTypes[dtype].bits;
  const lowest = dtype.startsWith('u') ? 0 : -count / 2;
  const [x] = node.inputs;
  const number = (name: string, value: number) => scalarConstant(node, `${output.name}_${name}`, value);
  const add = (opType: string, inputs: (Value | undefined)[]): Value =>
    graph.addNode({ opType, inputs, outputName: `${output.name}_${opType.toLowerCase()}` });
  const rounded = add('Round', [add('Div', [x, number('scale', scalar.scale)])]);
  const shifted = add('Add', [rounded, number('zero', scalar.zeroPoint)]);
  const cut = add('Clip', [shifted, number('min', lowest), number('max', lowest + count - 1)]);
  graph.remove(node);
  const cast = new Node({ opType: 'Cast', inputs: [cut], outputs: [output] });
  graph.add(cast.setInt('to', dataTypes[dtype].code));
}

function scalarConstant(node: Node, name: string, value: number): Value {
  const tensor = { dtype: 'float', shape: [], data: Float32Array.of(value) } as const;
  return node.graph!.addInitializer(name, tensorSourceOfTensor(tensor));
}
