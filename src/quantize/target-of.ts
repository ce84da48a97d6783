import { lookup } from '../base/lookup.ts';
import { detectTarget } from '../targets/detect-target.ts';
import { targets } from '../targets/index.generated.ts';
import type { Target } from '../targets/target.ts';
import type { QuantizeContext } from './mode.ts';
import type { QuantizeOptions } from './options.ts';

/** The target the options name; `auto` asks the engine. */
export async function targetOf(
  { target }: QuantizeOptions,
  { runner, architecture }: QuantizeContext,
): Promise<Target> {
  return target === 'auto' ? detectTarget(runner, architecture) : lookup<Target>(targets, target, 'target');
}
