import type { UpgradeContext } from './op.ts';

/** Type of a floating point operator's data; float32 where it is unknown. */
export function floatTypeOf({ dtype }: UpgradeContext): 'float' | 'double' | 'float16' {
  const type = dtype(0);
  return type === 'double' || type === 'float16' ? type : 'float';
}
