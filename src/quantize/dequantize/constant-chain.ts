import type { DataType } from '../../base/tensor.ts';
import { constantOf } from '../../onnx/constant-of.ts';
import type { Node } from '../../onnx/ir/node.ts';
import type { TensorSource } from '../../onnx/ir/tensor-source.ts';
import type { Value } from '../../onnx/ir/value.ts';
import { elementCount } from '../../tensor/element-count.ts';

/** What weights at rest are decoded with: standard operators an engine folds when it loads a model. */
const decodingOperators = new Set([
  ...[
    'Add',
    'BitShift',
    'BitwiseAnd',
    'BitwiseOr',
    'Cast',
    'Concat',
    'Div',
    'Gather',
    'Mod',
    'Mul',
    'Neg',
    'Pow',
    'Range',
  ],
  ...['Reshape', 'Slice', 'Squeeze', 'Sub', 'Transpose', 'Unsqueeze'],
]);
/** Types codes and packed codes are stored in. */
const codeTypes: ReadonlySet<DataType> = new Set<DataType>([
  ...(['int8', 'uint8', 'int16', 'uint16', 'int4', 'uint4', 'int2', 'uint2', 'bool'] as const),
  ...(['float8e4m3fn', 'float8e4m3fnuz', 'float8e5m2', 'float8e5m2fnuz', 'float4e2m1'] as const),
  ...(['float16', 'bfloat16'] as const),
]);
/** Deeper chains are no way to store a weight. */
const MAX_NODES = 64;

/** Whether a node computes on constants alone, by operators that decode. */
export function isDecoding(node: Node): boolean {
  return chainOf(node) !== undefined;
}

/** The constants that codes are taken from to make a value; empty where it is not made of such. */
export function codedLeaves(value: Value): TensorSource[] {
  const chain = value.producer && chainOf(value.producer);
  return chain ? leavesOf(chain).filter(({ dtype }) => codeTypes.has(dtype)) : [];
}

/** How a value is stored that operators decode: `int4 at rest, per channel`, `codebook of 16, uint8`. */
export function storedAtRest(value: Value): string {
  const chain = chainOf(value.producer!) ?? new Set<Node>();
  const leaves = leavesOf(chain);
  const codes = leaves.reduce((a, b) => (elementCount(b.shape) >= elementCount(a.shape) ? b : a));
  const book = [...chain].find(
    ({ opType, inputs }) => opType === 'Gather' && inputs[0] && constantOf(inputs[0]),
  );
  const size = book?.inputs[0] && constantOf(book.inputs[0]);
  if (size) return `codebook of ${elementCount(size.shape)}, ${codes.dtype}`;
  if (codes.dtype === 'float16' || codes.dtype === 'bfloat16') return `${codes.dtype} at rest`;
  const scale = leaves.find(({ dtype, shape }) => dtype === 'float' && elementCount(shape) > 1);
  return `${codes.dtype} at rest, ${scale ? 'several scales' : 'per tensor'}`;
}

function leavesOf(chain: ReadonlySet<Node>): TensorSource[] {
  return [...chain].flatMap(({ inputs }) =>
    inputs.flatMap((input) => {
      const source = input && constantOf(input);
      return source ? [source] : [];
    }),
  );
}

/** The node and all it depends on, if these are constants and operators that decode. */
function chainOf(node: Node): Set<Node> | undefined {
  const chain = new Set<Node>([node]);
  for (const member of chain) {
    if (member.domain !== '' || !decodingOperators.has(member.opType) || chain.size > MAX_NODES)
      return undefined;
    for (const input of member.inputs) {
      if (!input || constantOf(input)) continue;
      if (!input.producer) return undefined;
      chain.add(input.producer);
    }
  }
  return chain;
}
