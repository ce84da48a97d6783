import type { StorageFormat } from './weights/storage-options.ts';
import { isLevelFormat } from './weights/storage-options.ts';

/** BitwiseAnd and BitwiseOr, which take codes of fewer than 8 bits apart. */
const BITWISE_OPSET = 18;

/** Lowest operator set that weights of a format can be decoded in; 0: any. */
export function opsetOf(format: StorageFormat): number {
  if (isLevelFormat(format)) return format.bits === 8 ? 0 : BITWISE_OPSET;
  return format.opset ?? 0;
}
