import type { Model } from '../../../onnx/ir/model.ts';
import type { Node } from '../../../onnx/ir/node.ts';
import { tensorSourceOfTensor } from '../../../onnx/ir/tensor-source-of-tensor.ts';
import type { Value } from '../../../onnx/ir/value.ts';
import { cannotDequantize } from '../errors.ts';
import type { Form } from '../form.ts';
import { attributesBut, decodedInput, type FloatNode, replaceNode } from '../lower.ts';
import { rewriteEach } from '../nodes-of.ts';

interface Layout {
  readonly opType: string;
  /** Inputs that hold codes, each followed by scale and zero point. */
  operands(node: Node): readonly number[];
  /** Inputs handed on as they are, in front of the operands. */
  readonly plain?: readonly number[];
  /** Position of the output's scale; its zero point follows. */
  readonly output: number;
  /** What the float operator says otherwise. */
  adapt?(node: Node, model: Model): Partial<FloatNode>;
}

const one = () => [0];
const two = () => [0, 3];

/** Operators of ONNX Runtime's own domain, without their prefix. Source: its ContribOperators.md. */
const layouts: Readonly<Record<string, Layout>> = {
  QLinearAdd: { opType: 'Add', operands: two, output: 6 },
  QLinearMul: { opType: 'Mul', operands: two, output: 6 },
  QLinearSigmoid: { opType: 'Sigmoid', operands: one, output: 3 },
  QLinearLeakyRelu: { opType: 'LeakyRelu', operands: one, output: 3 },
  QLinearAveragePool: { opType: 'AveragePool', operands: one, output: 3, adapt: withoutChannelsLast },
  QLinearGlobalAveragePool: {
    opType: 'GlobalAveragePool',
    operands: one,
    output: 3,
    adapt: withoutChannelsLast,
  },
  QLinearReduceMean: { opType: 'ReduceMean', operands: one, output: 3, adapt: withAxes },
  QLinearSoftmax: { opType: 'Softmax', operands: one, output: 3, adapt: withoutOpset },
  QLinearWhere: { opType: 'Where', plain: [0], operands: () => [1, 4], output: 7 },
  QLinearConcat: {
    opType: 'Concat',
    operands: ({ inputs }) => inputs.flatMap((_, i) => (i >= 2 && (i - 2) % 3 === 0 ? [i] : [])),
    output: 0,
  },
};

export const qlinearOperator: Form = {
  name: 'qlinear-operator',
  summary: `${Object.keys(layouts).join(', ')}`,
  stage: 'lower',
  operators: Object.keys(layouts).map((type) => `com.microsoft:${type}`),
  rewrite: (model) =>
    rewriteEach(model, qlinearOperator, (node) => {
      lower(node, layouts[node.opType], model);
    }),
};

function lower(node: Node, { opType, operands, plain = [], output, adapt }: Layout, model: Model): void {
  const decoded = operands(node).map((index) => decodedInput(node, index));
  const inputs: (Value | undefined)[] = [...plain.map((index) => node.inputs[index]), ...decoded];
  const adapted = adapt?.(node, model) ?? {};
  const float = { opType, domain: '', ...adapted, inputs: [...inputs, ...(adapted.inputs ?? [])] };
  replaceNode(node, float, node.inputs[output], node.inputs[output + 1]);
}

function withoutChannelsLast(node: Node): Partial<FloatNode> {
  if (node.int('channels_last'))
    throw cannotDequantize(node, 'its channels come last, which float pooling cannot do');
  return { attributes: attributesBut(node, 'channels_last') };
}

/** Softmax meant the flattened rest of the axes up to operator set 12. */
function withoutOpset(node: Node, { opset }: Model): Partial<FloatNode> {
  const flattens = (node.int('opset') ?? 1) < 13;
  if (flattens !== opset < 13 && node.int('axis') !== -1)
    throw cannotDequantize(
      node,
      `it means Softmax of operator set ${node.int('opset')}, the model is of ${opset}`,
    );
  return { attributes: attributesBut(node, 'opset') };
}

/** The axes are an input since operator set 18. */
function withAxes(node: Node, { opset }: Model): Partial<FloatNode> {
  const axes = node.ints('axes');
  if (opset < 18 || !axes) return {};
  const data = BigInt64Array.from(axes, BigInt);
  const input = node.graph!.addInitializer(
    `${node.output.name}_axes`,
    tensorSourceOfTensor({ dtype: 'int64', shape: [axes.length], data }),
  );
  return { attributes: attributesBut(node, 'axes'), inputs: [input] };
}
