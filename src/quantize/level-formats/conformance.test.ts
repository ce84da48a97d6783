import { describe, expect, it } from 'vitest';
import type { Model } from '../../onnx/ir/model.ts';
import { modelToBytes } from '../../onnx/write/write-model.ts';
import { GraphWriter } from '../../ops/graph-writer.ts';
import { ortNode } from '../../runtime/ort-node.ts';
import { GraphBuilder } from '../../testing/build-graph.ts';
import { f32 } from '../../testing/tensors.ts';
import { chosenMethods } from '../chosen-methods.ts';
import { codingOf } from '../coding-of.ts';
import type { LevelFormat } from '../level-format.ts';
import { opsetOf } from '../opset-of.ts';
import { weightFormat } from '../weight-format.ts';
import { decodeLevels } from '../weights/decode-levels.ts';
import { cutBack, groupingOf, type WeightGranularity } from '../weights/grouping.ts';
import { levelBytes } from '../weights/level-bytes.ts';
import { decodedLevels } from '../weights/level-grids.ts';
import { isLevelFormat } from '../weights/storage-options.ts';
import { weightSites } from '../weights/weight-sites.ts';
import { levelFormats } from './index.generated.ts';

const runner = await ortNode();
const names = [
  ...Object.keys(levelFormats),
  'power-of-two:bits=3',
  'additive-power-of-two:bits=7',
  'codebook:entries=2',
  'codebook:entries=5',
  'codebook:entries=256',
];
const granularities: readonly WeightGranularity[] = ['tensor', 'channel', 'block:16'];
/** 45 elements a channel: no multiple of a block or of the codes in a byte. */
const SHAPE = [7, 5, 3, 3];

function formatOf(name: string): LevelFormat {
  const format = weightFormat(name);
  if (!isLevelFormat(format)) throw new Error(`${name} has no levels`);
  return format;
}

function convolution(format: LevelFormat): Model {
  const b = new GraphBuilder();
  const weight = b.constant('weight', f32(SHAPE, 'conv', 0.1));
  const y = b.node('Conv', [b.input('x', [1, 5, 6, 6]), weight]);
  return b.model(Math.max(opsetOf(format), 13), y, b.node('Identity', [weight], { outputs: ['decoded'] }));
}

describe.each(names)('%s', (name) => {
  const format = formatOf(name);

  it('is called what it was asked for', () => {
    expect(formatOf(format.name)).toEqual(format);
  });

  it('has ascending levels, no more than codes', () => {
    const levels = typeof format.levels === 'number' ? undefined : format.levels;
    const count = levels?.length ?? Number(format.levels);
    expect(count).toBeGreaterThan(2 ** (format.bits - 1));
    expect(count).toBeLessThanOrEqual(2 ** format.bits);
    for (const [i, level] of (levels ?? []).entries())
      if (i > 0) expect(level).toBeGreaterThan(levels![i - 1]);
  });

  it.each(granularities)(
    'is decoded by the engine to what its codes stand for, at load: %s',
    async (granularity) => {
      const model = convolution(format);
      const [site] = weightSites(model.graph);
      const grouping = groupingOf(SHAPE, [0], granularity);
      const weights = f32(SHAPE, 'conv', 0.1).data;
      const coding = codingOf(chosenMethods(format, undefined)!);
      const { grids, codes } = coding({ site, weights, isTurned: false, grouping, format });
      expect(Math.max(...codes)).toBeLessThan(2 ** format.bits);
      decodeLevels(site, codes, grids, new GraphWriter(model.graph));
      const session = await runner.load(await modelToBytes(model));
      const { decoded } = await session.run({ x: f32([1, 5, 6, 6], 'x') });
      await session.close();
      const wanted = cutBack(decodedLevels(codes, grids), grouping);
      expect(Array.from(decoded.data, Number)).toEqual(Array.from(wanted));
      expect(await nodesAtRun(model)).toEqual(['Conv']);
      const stored = storedBytes(model);
      const shared = typeof format.levels === 'number' ? 0 : 4 * format.levels.length;
      expect(stored).toBeGreaterThanOrEqual(levelBytes(format, grouping));
      // Bytes that are not full, lengths and shifts.
      expect(stored).toBeLessThanOrEqual(levelBytes(format, grouping) + shared + 240);
    },
  );
});

/** Operators left when the engine has folded constants; an output that is constant is no node. */
async function nodesAtRun(model: Model): Promise<string[]> {
  const copy = await modelToBytes(model);
  const { readModel } = await import('../../onnx/read/read-model.ts');
  const optimized = await readModel(await runner.optimize(copy, 'basic'));
  return [...optimized.graph.nodes].map(({ opType }) => opType).filter((type) => type !== 'Identity');
}

function storedBytes({ graph }: Model): number {
  return [...graph.initializers].reduce((sum, value) => sum + (value.initializer?.byteLength ?? 0), 0);
}
