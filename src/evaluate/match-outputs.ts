import { outputsDiffer } from './errors.ts';

/**
 * Which output of the second model each of the first is compared with: the one of the same name; where no name is
 * shared and both have as many, the one at the same place. Outputs only one model has are left out.
 * @throws PareError where nothing matches
 */
export function matchOutputs(
  before: readonly string[],
  after: readonly string[],
): ReadonlyMap<string, string> {
  const shared = before.filter((name) => after.includes(name));
  if (shared.length > 0) return new Map(shared.map((name) => [name, name]));
  if (before.length !== after.length) throw outputsDiffer(before, after);
  return new Map(before.map((name, i) => [name, after[i]]));
}
