import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../base/tensor.ts';
import type { Attribute } from '../onnx/ir/attribute.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { Node } from '../onnx/ir/node.ts';
import { AttributeProtoSchema, AttributeProto_AttributeType as Type } from '../onnx/proto/onnx_pb.ts';
import { readModel } from '../onnx/read/read-model.ts';
import { parseModel } from '../onnx/text/parse-model.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { expectClose } from '../testing/expect-close.ts';
import { operatorsOf } from '../testing/rewrite-by.ts';
import { runModel } from '../testing/run-model.ts';
import { f32 } from '../testing/tensors.ts';
import { inlineFunctions } from './inline-functions.ts';

const runner = await ortNode();
const HEAD = '<ir_version: 9, opset_import: ["" : 17, "mine" : 1, "other" : 1]>';

interface FunctionText {
  /** Graph in text, named like the function; attributes of the text `@x` are references to x. */
  readonly text: string;
  readonly attributes?: readonly string[];
  readonly defaults?: ReadonlyMap<string, Attribute>;
  readonly opset?: number;
}

/** A model whose functions, of the domain `mine`, are given as graphs. */
function modelOf(main: string, ...functions: readonly FunctionText[]): Model {
  const model = parseModel(`${HEAD} ${main}`);
  model.functions = functions.map(({ text, attributes = [], defaults = new Map(), opset = 17 }) => {
    const { graph } = parseModel(`${HEAD} ${text}`);
    for (const node of graph.nodes) for (const name of node.attributes.keys()) refer(node, name);
    return {
      name: graph.name,
      domain: 'mine',
      overload: '',
      docString: '',
      graph,
      attributeNames: attributes,
      attributeDefaults: defaults,
      opsetImports: new Map([
        ['', opset],
        ['mine', 1],
      ]),
      metadata: new Map(),
      foreign: undefined,
    };
  });
  return model;
}

function refer(node: Node, name: string): void {
  const word = node.string(name);
  if (!word?.startsWith('@')) return;
  const refAttrName = word.slice(1);
  const type = name === 'axis' ? Type.INT : Type.FLOAT;
  node.attributes.set(name, {
    type: 'REFERENCE',
    name: refAttrName,
    foreign: create(AttributeProtoSchema, { type, refAttrName }),
  });
}

/** Inlines a copy; the engine's outputs stay. */
async function inlined(
  model: Model,
  changes: number,
  feeds: Record<string, Tensor> = { x: f32([2, 3], 'x') },
) {
  const before = await runModel(runner, model, feeds);
  const copy = await readModel(await modelToBytes(model));
  expect(await inlineFunctions.run(copy, { runner })).toBe(changes);
  expectClose(await runModel(runner, copy, feeds), before, 0);
  await readModel(await modelToBytes(copy));
  expect(await inlineFunctions.run(copy, { runner })).toBe(0);
  return copy;
}

describe('inlineFunctions', () => {
  it('writes a call out, with attributes given, by default, and left away', async () => {
    const model = modelOf(
      `g (float[2,3] x) => (float[2,3] y, float[2,3] z) {
        [first] y = mine.scaled <alpha = 0.5> (x)
        [second] z = mine.scaled <axis = 0> (y)
      }`,
      {
        text: `scaled (float a) => (float c) {
          [leaky] b = LeakyRelu <alpha = "@alpha"> (a)
          [soft] c = Softmax <axis = "@axis"> (b)
        }`,
        attributes: ['axis'],
        defaults: new Map([['alpha', { type: 'FLOAT', value: 0.25 }]]),
      },
    );
    const copy = await inlined(model, 3);
    expect(operatorsOf(copy).filter((opType) => opType !== 'Identity')).toEqual([
      'LeakyRelu',
      'Softmax',
      'LeakyRelu',
      'Softmax',
    ]);
    expect([...copy.graph.nodes].map(({ name }) => name)).toContain('first/leaky');
    expect(copy.functions).toEqual([]);
    expect([...copy.opsetImports.keys()]).toEqual(['', 'other']);
  });

  it('writes functions that call functions, values of equal names, and calls in bodies out', async () => {
    const model = modelOf(
      `g (float[2,3] x, bool c) => (float[2,3] y) {
        t = mine.outer (x)
        y = If (c) <then_branch = a () => (float[2,3] p) { p = mine.inner (t) },
                    else_branch = b () => (float[2,3] q) { q = mine.outer (t) }>
      }`,
      { text: 'inner (float x) => (float y) { t = Neg (x) y = Exp (t) }' },
      { text: 'outer (float x) => (float y) { t = mine.inner (x) y = mine.inner (t) }' },
    );
    for (const bit of [0, 1]) {
      const feeds: Record<string, Tensor> = {
        x: f32([2, 3], 'x', 0.1),
        c: { dtype: 'bool', shape: [], data: Uint8Array.of(bit) },
      };
      // Three calls in the graph, two in each of the two calls of outer, and two functions.
      await inlined(model, 9, feeds);
    }
  });

  it('leaves optional inputs that are missing out', async () => {
    const model = modelOf('g (float[2,3] x) => (float[2,3] y) { y = mine.cut (x) }', {
      text: 'cut (float a, float low, float high) => (float b) { b = Clip (a, low, high) }',
    });
    await inlined(model, 2);
  });

  it('inlines what an older operator set means alike, and leaves what a newer one changed', async () => {
    const inSet = (body: string) =>
      modelOf('g (float[2,3] x) => (float[2,3] y) { y = mine.f (x) }', {
        text: `f (float a) => (float b) { ${body} }`,
        opset: 12,
      });
    await inlined(inSet('b = Relu (a)'), 2);
    const changed = inSet('b = Softmax <axis = 1> (a)');
    expect(await inlineFunctions.run(changed, { runner })).toBe(0);
  });

  it('leaves functions that call themselves, and stops where few calls stand for too many nodes', async () => {
    const main = 'g (float[2,3] x) => (float[2,3] y) { y = mine.f0 (x) }';
    const recursive = modelOf(main, { text: 'f0 (float a) => (float b) { b = mine.f0 (a) }' });
    expect(await inlineFunctions.run(recursive, { runner })).toBe(0);
    const doubling = Array.from({ length: 40 }, (_, i) => {
      const inner = i === 39 ? 'Neg' : `mine.f${i + 1}`;
      return { text: `f${i} (float a) => (float b) { t = ${inner} (a) b = ${inner} (t) }` };
    });
    const bomb = modelOf(main, ...doubling);
    expect(await inlineFunctions.run(bomb, { runner })).toBeGreaterThan(0);
    expect(bomb.graph.nodes.size).toBeLessThan(200_000);
  });

  it('leaves operators of unknown domains alone', async () => {
    const model = modelOf('g (float[2,3] x) => (float[2,3] y) { t = other.f (x) y = mine.f (t) }', {
      text: 'f (float a) => (float b) { b = Neg (a) }',
    });
    expect(await inlineFunctions.run(model, { runner })).toBe(2);
    expect(operatorsOf(model)).toContain('f');
    expect([...model.opsetImports.keys()]).toEqual(['', 'other']);
  });
});
