import { check } from '../../base/check.ts';
import { tensorSourceOfTensor } from '../../onnx/ir/tensor-source-of-tensor.ts';
import type { Value } from '../../onnx/ir/value.ts';
import type { GraphWriter } from '../../ops/graph-writer.ts';
import { type BitPlane, bitPlanes } from './bit-planes.ts';
import { DecodingChain, joinBlocks } from './decoding-chain.ts';
import { scaleShape } from './grouping.ts';
import type { LevelGrids } from './level-grids.ts';
import type { WeightSite } from './weight-sites.ts';

/**
 * Makes a constant the result of nodes on the bit planes of its codes: shifted, cut and joined they look up levels; then, as the format
 * has them, Sub of zero points and Mul by scales. An engine computes all of it once, when it loads the model.
 * @param write into the graph of the constant
 */
export function decodeLevels(
  site: WeightSite,
  codes: Uint8Array,
  grids: LevelGrids,
  write: GraphWriter,
): void {
  const { format, grouping } = grids;
  const shape = scaleShape(grouping);
  const code = joinedCodes(site, 'q', codes, format.bits, write);
  const index = write.reshape(write.cast(code, 'int32'), grouping.dims);
  const chain = new DecodingChain(site, lookedUp(site, index, grids, write));
  if (format.hasZeroPoint) {
    // All grids of such a format have one.
    const zeroPoints = Uint8Array.from(grids.grids, ({ zeroPoint }) => zeroPoint!);
    const zero = write.cast(joinedCodes(site, 'z', zeroPoints, format.bits, write), 'int32');
    chain.append('Sub', [write.op('Gather', [levelsOf(grids, write), write.reshape(zero, shape)])]);
  }
  if (format.scales !== 'none') chain.append('Mul', [scalesOf(site, grids, shape, write)]);
  if (grouping.cut) joinBlocks(chain, site, grouping.cut);
  chain.end(format.name);
}

/** Codes, one a byte, of planes that are stored. */
function joinedCodes(
  site: WeightSite,
  what: string,
  codes: Uint8Array,
  bits: number,
  write: GraphWriter,
): Value {
  const planes = bitPlanes(codes, bits).map((plane) => unpacked(site, what, plane, codes.length, write));
  return planes.reduce((joined, plane) => write.op('BitwiseOr', [joined, plane]));
}

function unpacked(
  { graph, value }: WeightSite,
  what: string,
  { bits, shift, bytes }: BitPlane,
  count: number,
  write: GraphWriter,
): Value {
  const shape = bits === 8 ? [count] : [bytes.length, 1];
  const source = tensorSourceOfTensor({ dtype: 'uint8', shape, data: bytes });
  const stored = graph.addInitializer(`${value.name}/${what}${shift === 0 ? '' : shift}`, source);
  if (bits === 8) return stored;
  const byte = (...data: number[]) =>
    write.constant({
      dtype: 'uint8',
      shape: data.length === 1 ? [] : [data.length],
      data: Uint8Array.from(data),
    });
  const steps = Array.from({ length: 8 / bits }, (_, i) => i * bits);
  const moved = write.op('BitShift', [stored, byte(...steps)], { direction: 'RIGHT' });
  const cut = write.op('BitwiseAnd', [moved, byte(2 ** bits - 1)]);
  const all = write.reshape(cut, [bytes.length * steps.length]);
  const own =
    count === bytes.length * steps.length
      ? all
      : write.op('Slice', [all, write.ints([0]), write.ints([count]), write.ints([0])]);
  return shift === 0 ? own : write.op('BitShift', [own, byte(shift)], { direction: 'LEFT' });
}

/** Of the levels all groups share, or of each group's own, which lie behind one another. */
function lookedUp({ graph, value }: WeightSite, index: Value, grids: LevelGrids, write: GraphWriter): Value {
  if (grids.format.scales !== 'none') return write.op('Gather', [levelsOf(grids, write), index]);
  const { count } = grids.grids[0].levels;
  const data = Float32Array.from(grids.grids.flatMap(({ levels }) => [...levels.values]));
  const source = tensorSourceOfTensor({ dtype: 'float', shape: [data.length], data });
  const book = graph.addInitializer(`${value.name}/levels`, source);
  if (grids.grids.length === 1) return write.op('Gather', [book, index]);
  // Nothing is stored of them.
  const numbers = [0, data.length, count].map((n) =>
    write.constant({ dtype: 'int32', shape: [], data: Int32Array.of(n) }),
  );
  const own = write.reshape(write.op('Range', numbers), scaleShape(grids.grouping));
  return write.op('Gather', [book, write.op('Add', [index, own])]);
}

/** Shared by all weights of the format. */
function levelsOf({ grids }: LevelGrids, write: GraphWriter): Value {
  const { values } = grids[0].levels;
  return write.constant({ dtype: 'float', shape: [values.length], data: values });
}

function scalesOf(
  { graph, value }: WeightSite,
  { format, grids }: LevelGrids,
  shape: readonly number[],
  write: GraphWriter,
): Value {
  const scales = Float32Array.from(grids, ({ scale }) => scale);
  if (format.scales === 'float32')
    return graph.addInitializer(
      `${value.name}/s`,
      tensorSourceOfTensor({ dtype: 'float', shape, data: scales }),
    );
  check(format.scales === 'power-of-two', () => 'levels without a scale have none to be stored');
  const data = Uint8Array.from(scales, (scale) => Math.log2(scale) + EXPONENT_BIAS);
  const stored = graph.addInitializer(
    `${value.name}/s`,
    tensorSourceOfTensor({ dtype: 'uint8', shape, data }),
  );
  const exponent = write.op('Sub', [write.cast(stored, 'float'), write.scalar(EXPONENT_BIAS)]);
  return write.op('Pow', [write.scalar(2), exponent]);
}

/** Of OCP's E8M0: 127 is 2⁰. */
const EXPONENT_BIAS = 127;
