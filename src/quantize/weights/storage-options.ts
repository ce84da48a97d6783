import type { Node } from '../../onnx/ir/node.ts';
import type { BlockKernels } from '../../targets/target.ts';
import type { FloatFormat } from '../float-format.ts';
import type { Format } from '../format.ts';
import type { LevelFormat } from '../level-format.ts';
import type { WeightGranularity } from './grouping.ts';
import type { WeightCoding } from './weight-coding.ts';

/** What weights are stored as. */
export type StorageFormat = Format | FloatFormat | LevelFormat;

export interface StorageOptions {
  readonly format: StorageFormat;
  /** Of scales; nothing to formats that have none. */
  readonly granularity: WeightGranularity;
  /** How codes are found; default the nearest, on grids by the rules of the format. */
  readonly coding?: WeightCoding | undefined;
  /** Why the node's weights must stay as they are; undefined where they need not. */
  reasonAgainst(node: Node): string | undefined;
  /** Kernels that multiply by blocks of codes; undefined: all weights are decoded when the model is loaded. */
  readonly blockKernels?: BlockKernelUse | undefined;
}

export interface BlockKernelUse extends BlockKernels {
  /** Also where decoded weights would be as fast or faster. */
  readonly isForced: boolean;
}

export function isLevelFormat(format: StorageFormat): format is LevelFormat {
  return 'levels' in format;
}

export function isIntegerFormat(format: StorageFormat): format is Format {
  return 'codes' in format;
}
