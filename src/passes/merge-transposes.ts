import { nodePass } from './node-pass.ts';
import type { Pass } from './pass.ts';

/** Transpose → Transpose becomes one of what both make together; a pair that cancels is then a no-op. */
export const mergeTransposes: Pass = nodePass({
  name: 'merge-transposes',
  summary: 'makes one transposition of two in a row',
  opTypes: ['Transpose'],
  rewrite(second, { types }) {
    const first = second.inputs[0]?.producer;
    const data = first?.inputs[0];
    if (first?.opType !== 'Transpose' || first.domain !== '' || !data) return false;
    const given = [first.ints('perm'), second.ints('perm')];
    const rank = given[0]?.length ?? given[1]?.length ?? types.get(data)?.shape?.length;
    if (rank === undefined) return false;
    // Without `perm` the axes are reversed.
    const [inner, outer] = given.map((perm) => perm ?? Array.from({ length: rank }, (_, i) => rank - 1 - i));
    second.setInts(
      'perm',
      outer.map((axis) => inner[axis]),
    );
    second.setInput(0, data);
    return true;
  },
});
