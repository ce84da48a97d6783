import { tensorSourceOfTensor } from '../../onnx/ir/tensor-source-of-tensor.ts';
import { byteLength } from '../../tensor/byte-length.ts';
import { dataTypes } from '../../tensor/data-types.ts';
import { ErrorStatistics } from '../../tensor/error-statistics.ts';
import type { Format } from '../format.ts';
import { decodedGroups, type GroupGrids, groupCodes, groupGrids } from './group-codes.ts';
import { groupingOfCut } from './grouping.ts';
import { bytesOfCodes, sourceOfCodes } from './source-of-codes.ts';
import type { BlockKernelUse } from './storage-options.ts';
import { integerCoding, type WeightCoding } from './weight-coding.ts';
import { weightNumbers } from './weight-numbers.ts';
import type { WeightSite } from './weight-sites.ts';

interface BlockChoice {
  readonly format: Format;
  readonly block: number;
  readonly kernels: BlockKernelUse;
  readonly coding?: WeightCoding | undefined;
}

/** Whether a table of rows is only looked up in, so that com.microsoft's GatherBlockQuantized can decode what is asked for. */
export function isBlockLookup(
  { source, readers }: WeightSite,
  { format, block, kernels }: BlockChoice,
): boolean {
  return (
    kernels.bits.includes(dataTypes[format.dtype].bits) &&
    kernels.blocks.includes(block) &&
    source.shape.length === 2 &&
    readers.every(({ role }) => role.lookup?.axis === 0)
  );
}

/** Makes the readers of a table GatherBlockQuantized. Returns how far what they mean is from the given table. */
export async function storeBlockLookup(
  site: WeightSite,
  { format, block, coding }: BlockChoice,
): Promise<ErrorStatistics> {
  const { graph, value, source } = site;
  const [rows, columns] = source.shape;
  const grouping = groupingOfCut({ outer: rows, length: columns, inner: 1, block });
  const weights = await weightNumbers(site);
  const grids = coding
    ? integerCoding(coding, format, { site, weights, isTurned: false, grouping })
    : groupGrids(weights, format, grouping);
  const errors = new ErrorStatistics();
  errors.add(weights, decodedGroups(groupCodes(weights, grids), grids));

  // The kernel takes 8 bits without a sign only, 128 standing for 0.
  const dtype = format.dtype === 'int8' ? 'uint8' : format.dtype;
  const read = async () => bytesOfCodes(dtype, tableCodes(await weightNumbers(site), grids, columns, dtype));
  const codes = { dtype, shape: source.shape, byteLength: byteLength(dtype, source.shape), read };
  const scaleShape = [rows, Math.ceil(columns / block)];
  const scales = tensorSourceOfTensor({ dtype: 'float', shape: scaleShape, data: grids.scales });
  const constants = [
    graph.addInitializer(`${value.name}/q`, codes),
    graph.addInitializer(`${value.name}/s`, scales),
    grids.zeroPoints &&
      graph.addInitializer(`${value.name}/z`, sourceOfCodes(dtype, scaleShape, grids.zeroPoints)),
  ];
  for (const { node } of site.readers) {
    const [data, ...parameters] = constants;
    node.opType = 'GatherBlockQuantized';
    node.domain = 'com.microsoft';
    node.attributes.clear();
    node.setInputs([data, node.inputs[1], ...parameters]);
    node.setInt('gather_axis', 0).setInt('quantize_axis', 1).setInt('block_size', block);
    if (dtype === 'uint8') node.setInt('bits', 8);
  }
  return errors;
}

/** Codes row by row, without those that fill up a row's last block. */
function tableCodes(
  weights: Float32Array,
  grids: GroupGrids,
  columns: number,
  dtype: string,
): Int8Array | Uint8Array {
  const codes = groupCodes(weights, grids);
  const isShifted = dtype === 'uint8' && grids.zeroPoints === undefined;
  const filled = grids.grouping.dims[1] * grids.grouping.dims[2];
  const table = dtype.startsWith('uint') ? new Uint8Array(weights.length) : new Int8Array(weights.length);
  for (let i = 0; i < table.length; i++) {
    const code = codes[Math.floor(i / columns) * filled + (i % columns)];
    table[i] = isShifted ? code + 128 : code;
  }
  return table;
}
