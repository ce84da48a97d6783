import type { Tensor } from '../base/tensor.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import type { Value } from '../onnx/ir/value.ts';
import { clampBounds } from './clamp-bounds.ts';
import type { Plan } from './plan.ts';

const scalarZero: Tensor = { dtype: 'float', shape: [], data: new Float32Array(1) };

/** x and y of max(0, x + y). */
export interface CutOperand {
  readonly name: string;
  readonly partner: Value;
}

/**
 * Of x in max(0, x + y), the usual end of a residual block, only what exceeds −y can be seen behind the sum. So x is
 * observed as x where x + y > 0 and as 0, which no range is sought for, elsewhere. No code is spent on values whose sum is
 * cut to 0 anyway, and saturation keeps the result: x below −max(y) sums to no more than 0 wherever it is cut to.
 * @returns the operands of such sums, by the value to observe in place of the first; the graph needs sorting
 */
export async function addRelevanceTaps(graph: Graph, plan: Plan): Promise<Map<Value, CutOperand>> {
  const operands: (readonly [Value, Value])[] = [];
  for (const value of plan.values) {
    const partner = await partnerOf(value, graph);
    if (partner) operands.push([value, partner]);
  }
  // Taps are readers too: all are found before the first is added.
  const taps = new Map<Value, CutOperand>();
  if (operands.length === 0) return taps;
  const zero = graph.addInitializer('zero', tensorSourceOfTensor(scalarZero));
  for (const [value, partner] of operands) {
    const sum = value.uses[0].node.output;
    const seen = graph.addNode({ opType: 'Greater', inputs: [sum, zero], outputName: `${value.name}/seen` });
    const inputs = [seen, value, zero];
    const tap = graph.addNode({ opType: 'Where', inputs, outputName: `${value.name}/relevant` });
    taps.set(tap, { name: value.name, partner });
  }
  return taps;
}

/** The other operand of the sum that is a value's only reader, if only what of the sum lies above 0 is ever read. */
async function partnerOf(value: Value, graph: Graph): Promise<Value | undefined> {
  const sum = onlyReader(value, graph);
  if (sum?.opType !== 'Add' || sum.domain !== '') return undefined;
  const clamp = onlyReader(sum.output, graph);
  const bounds = clamp && (await clampBounds(clamp));
  if (!bounds || bounds.min < 0) return undefined;
  return sum.inputs.find((operand) => operand !== value);
}

function onlyReader(value: Value, graph: Graph): Node | undefined {
  const { uses } = value;
  return uses.length === 1 && !graph.outputs.includes(value) ? uses[0].node : undefined;
}
