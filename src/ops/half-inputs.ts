import type { Node } from '../onnx/ir/node.ts';

/**
 * Operators whose numbers may be float16 by the standard (since operator set 13), and which stay meaningful so. `all`: every
 * float input and output is of one type; a list: only these inputs, and the outputs. What is not here stays in float32:
 * sums along an axis that overflow (CumSum), boxes and scores (NonMaxSuppression, RoiAlign, TopK), random numbers, ranges,
 * losses, recurrent nets, for which engines have no such kernels, and all that pare does not know.
 */
const halves: Readonly<Record<string, 'all' | readonly number[]>> = {
  ...allOf(
    'Abs',
    'Neg',
    'Exp',
    'Log',
    'Sqrt',
    'Reciprocal',
    'Floor',
    'Ceil',
    'Round',
    'Sign',
    'Erf',
    'Sin',
    'Cos',
    'Tanh',
  ),
  ...allOf(
    'Relu',
    'Clip',
    'LeakyRelu',
    'Sigmoid',
    'Elu',
    'Selu',
    'ThresholdedRelu',
    'Shrink',
    'Softplus',
    'Softsign',
  ),
  ...allOf(
    'HardSigmoid',
    'HardSwish',
    'Mish',
    'Gelu',
    'PRelu',
    'Identity',
    'Softmax',
    'LogSoftmax',
    'Hardmax',
    'Swish',
  ),
  ...allOf('Add', 'Sub', 'Mul', 'Div', 'Pow', 'Min', 'Max', 'Mean', 'Sum', 'Mod', 'Where'),
  ...allOf('Equal', 'Less', 'LessOrEqual', 'Greater', 'GreaterOrEqual', 'IsNaN'),
  ...allOf(
    'Reshape',
    'Transpose',
    'Squeeze',
    'Unsqueeze',
    'Flatten',
    'Slice',
    'Concat',
    'Split',
    'Expand',
    'Tile',
    'Pad',
  ),
  ...allOf(
    'Gather',
    'GatherElements',
    'GatherND',
    'ScatterElements',
    'ScatterND',
    'DepthToSpace',
    'SpaceToDepth',
  ),
  ...allOf('ReverseSequence', 'Trilu', 'Compress', 'Shape', 'Size'),
  ...allOf('MatMul', 'Gemm', 'Conv', 'ConvTranspose', 'Einsum'),
  ...allOf('BatchNormalization', 'InstanceNormalization', 'LayerNormalization', 'GroupNormalization', 'LRN'),
  ...allOf('LpNormalization', 'MeanVarianceNormalization', 'RMSNormalization'),
  ...allOf('MaxPool', 'AveragePool', 'GlobalAveragePool', 'GlobalMaxPool', 'LpPool', 'GlobalLpPool'),
  ...allOf(
    'ReduceMean',
    'ReduceSum',
    'ReduceMax',
    'ReduceMin',
    'ReduceProd',
    'ReduceL1',
    'ReduceL2',
    'ReduceLogSum',
  ),
  ...allOf('ReduceLogSumExp', 'ReduceSumSquare', 'ArgMax', 'ArgMin'),
  // The scales and the region stay.
  Resize: [0],
  ...allOf('com.microsoft:MatMulNBits', 'com.microsoft:GatherBlockQuantized', 'com.microsoft:FusedMatMul'),
};

function allOf(...names: readonly string[]): Record<string, 'all'> {
  return Object.fromEntries(names.map((name) => [name, 'all']));
}

/** Whether an input of a node is float16 where the node computes in float16; undefined where it cannot. */
export function halfInputs({ domain, opType }: Node): ((input: number) => boolean) | undefined {
  const key = domain === '' ? opType : `${domain}:${opType}`;
  if (!Object.hasOwn(halves, key)) return undefined;
  const rule = halves[key];
  return (input) => rule === 'all' || rule.includes(input);
}
