import { describe, expect, test } from 'vitest';
import { ortNode } from '../../runtime/ort-node.ts';
import { GraphBuilder } from '../../testing/build-graph.ts';
import { expectGradients } from '../../testing/expect-gradients.ts';
import { f32 } from '../../testing/tensors.ts';
import { normalizeEinsum } from './normalize-einsum.ts';

const runner = await ortNode();

const cases: [equation: string, ...shapes: number[][]][] = [
  ['ij,jk->ik', [2, 3], [3, 4]],
  ['abc,cd->abd', [2, 3, 4], [4, 5]],
  ['bhqd,bhkd->bhqk', [2, 3, 4, 5], [2, 3, 1, 5]],
  ['bqhd,bkhd->bhqk', [2, 4, 3, 5], [2, 6, 3, 5]],
  ['bij, bjk', [2, 3, 4], [2, 4, 5]],
  ['i,j->ij', [3], [4]],
  ['i,i->', [5], [5]],
  ['ij->ji', [3, 4]],
  ['ij->j', [3, 4]],
  ['ij->', [3, 4]],
  ['ij,k->k', [3, 4], [2]],
  ['ii->i', [4, 4]],
  ['ii->', [4, 4]],
  ['bii,bi->b', [2, 3, 3], [2, 3]],
  ['...ij,...jk->...ik', [2, 3, 4], [2, 4, 5]],
  ['...i->...', [2, 3, 4]],
  ['ab,bc,cd->ad', [2, 3], [3, 4], [4, 2]],
];

describe('Einsum', () => {
  test.each(cases)('%s', async (equation, ...shapes) => {
    const b = new GraphBuilder();
    const feeds = Object.fromEntries(shapes.map((shape, i) => [`x${i}`, f32(shape, `${equation} ${i}`)]));
    const inputs = shapes.map((shape, i) => b.input(`x${i}`, shape));
    const node = b.nodeOf('Einsum', inputs, { attributes: { equation } });
    // Of equations with dots pare does not infer shapes: stated here.
    const outputs =
      equation === '...ij,...jk->...ik' ? [2, 3, 5] : equation === '...i->...' ? [2, 3] : undefined;
    if (outputs) node.output.type = { kind: 'tensor', dtype: 'float', shape: outputs };
    const worst = await expectGradients(runner, b.model(18, node.output), { feeds, tolerance: 5e-4 });
    expect(worst).toBeLessThan(5e-4);
  });

  test('equations become plain', () => {
    const plain = normalizeEinsum('...ii,ij', [
      [2, 3, 3],
      [3, 4],
    ]);
    expect(plain.diagonals).toEqual([3]);
    const [first, second, tie] = plain.operands;
    expect(new Set(first).size).toBe(3);
    expect(second).toBe('ij');
    expect(tie).toBe(`i${first[2]}`);
    expect(plain.result).toBe(`${first[0]}j`);
  });
});
