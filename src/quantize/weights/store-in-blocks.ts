import type { Node } from '../../onnx/ir/node.ts';
import type { TensorSource } from '../../onnx/ir/tensor-source.ts';
import { tensorSourceOfTensor } from '../../onnx/ir/tensor-source-of-tensor.ts';
import type { Value } from '../../onnx/ir/value.ts';
import type { TypeMap } from '../../ops/infer-types.ts';
import { dataTypes } from '../../tensor/data-types.ts';
import { elementCount } from '../../tensor/element-count.ts';
import { ErrorStatistics } from '../../tensor/error-statistics.ts';
import type { Format } from '../format.ts';
import { blockBytes, blockCodes, blockMatrix, blockZeroPoints, transposed } from './block-codes.ts';
import { decodedGroups } from './group-codes.ts';
import type { Grouping } from './grouping.ts';
import type { BlockKernelUse } from './storage-options.ts';
import { integerCoding, type WeightCoding } from './weight-coding.ts';
import { weightNumbers } from './weight-numbers.ts';
import type { WeightReader, WeightSite } from './weight-sites.ts';

interface BlockChoice {
  readonly format: Format;
  readonly block: number;
  readonly kernels: BlockKernelUse;
  readonly coding?: WeightCoding | undefined;
}

/**
 * Whether all readers of a matrix can multiply by its codes (com.microsoft's MatMulNBits), and do so no slower than by
 * the decoded weight.
 */
export function isBlockProduct(site: WeightSite, choice: BlockChoice, types: TypeMap): boolean {
  const { format, block, kernels } = choice;
  return (
    kernels.bits.includes(dataTypes[format.dtype].bits) &&
    kernels.blocks.includes(block) &&
    site.source.shape.length === 2 &&
    new Set(site.readers.map(({ role }) => role.product?.isTransposed)).size === 1 &&
    site.readers.every((reader) => canMultiply(reader, site, types) && pays(reader, site, kernels, types))
  );
}

function canMultiply({ node, role }: WeightReader, { source }: WeightSite, types: TypeMap): boolean {
  if (!role.product) return false;
  const { isTransposed, bias } = role.product;
  const a = node.inputs[0] && types.get(node.inputs[0]);
  if (a?.dtype !== 'float' || !a.shape || a.shape.length < 2) return false;
  const added = bias === undefined ? undefined : node.inputs[bias];
  if (!added) return true;
  const shape = types.get(added)?.shape;
  return shape?.length === 1 && shape[0] === source.shape[isTransposed ? 0 : 1];
}

function pays(
  { node, role }: WeightReader,
  site: WeightSite,
  kernels: BlockKernelUse,
  types: TypeMap,
): boolean {
  if (kernels.isForced) return true;
  const a = node.inputs[0] && types.get(node.inputs[0])?.shape;
  const isOneRow = a?.slice(0, -1).every((n) => n === 1) ?? false;
  const depth = site.source.shape[role.product?.isTransposed ? 1 : 0];
  return depth >= (isOneRow ? kernels.minDepth.oneRow : kernels.minDepth.rows);
}

/** Makes the readers of a matrix MatMulNBits of its codes. Returns how far what they mean is from the given matrix. */
export async function storeBlockProduct(
  site: WeightSite,
  { format, block, kernels, coding }: BlockChoice,
): Promise<ErrorStatistics> {
  const isTransposed = site.readers[0].role.product?.isTransposed ?? false;
  const [rows, depth] = isTransposed ? site.source.shape : [...site.source.shape].reverse();
  const { bits } = dataTypes[format.dtype];
  const rowMajor = async () => {
    const weights = await weightNumbers(site);
    return isTransposed ? weights : transposed(weights, depth, rows);
  };
  const numbers = await rowMajor();
  const gridsOf =
    coding &&
    ((grouping: Grouping) =>
      integerCoding(coding, format, { site, weights: numbers, isTurned: !isTransposed, grouping }));
  const matrix = blockMatrix(numbers, depth, block, { format, bits, gridsOf });
  const errors = new ErrorStatistics();
  errors.add(numbers, decodedBlocks(numbers, matrix));

  const blocks = Math.ceil(depth / block);
  const shape = [rows, blocks, (block * bits) / 8];
  const read = async () => blockBytes(await rowMajor(), matrix);
  const codes: TensorSource = { dtype: 'uint8', shape, byteLength: elementCount(shape), read };
  const zeroPoints = blockZeroPoints(matrix);
  const { graph, value } = site;
  const constants = [
    graph.addInitializer(`${value.name}/q`, codes),
    graph.addInitializer(
      `${value.name}/s`,
      tensorSourceOfTensor({ dtype: 'float', shape: [rows, blocks], data: matrix.grids.scales }),
    ),
    zeroPoints &&
      graph.addInitializer(
        `${value.name}/z`,
        tensorSourceOfTensor({
          dtype: 'uint8',
          shape: [rows, zeroPoints.length / rows],
          data: zeroPoints,
        }),
      ),
  ];
  for (const reader of site.readers) {
    becomeBlockProduct(reader, constants);
    reader.node.setInt('K', depth).setInt('N', rows).setInt('bits', bits).setInt('block_size', block);
    if (kernels.accuracyLevel > 0) reader.node.setInt('accuracy_level', kernels.accuracyLevel);
  }
  return errors;
}

/** Inputs A, B, scales, zero points, g_idx, bias. */
function becomeBlockProduct({ node, role }: WeightReader, constants: readonly (Value | undefined)[]): void {
  const bias = role.product?.bias === undefined ? undefined : node.inputs[role.product.bias];
  const inputs = [node.inputs[0], ...constants, undefined, bias];
  while (inputs.at(-1) === undefined) inputs.pop();
  rename(node, 'MatMulNBits');
  node.setInputs(inputs);
}

function rename(node: Node, opType: string): void {
  node.opType = opType;
  node.domain = 'com.microsoft';
  node.attributes.clear();
}

/** Rows of the matrix as its codes mean them. */
function decodedBlocks(rowMajor: Float32Array, matrix: ReturnType<typeof blockMatrix>): Float32Array {
  const { grids, bits } = matrix;
  const zeroPoints = grids.zeroPoints ?? new Uint8Array(grids.scales.length).fill(2 ** (bits - 1));
  return decodedGroups(blockCodes(rowMajor, matrix), { ...grids, zeroPoints });
}
