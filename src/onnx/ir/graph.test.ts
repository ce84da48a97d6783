import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { brokenLinks } from '../../testing/broken-links.ts';
import { describeDifferences } from '../../testing/describe-differences.ts';
import { modelArbitrary } from '../../testing/model-arbitrary.ts';
import { cloneModel } from '../clone-model.ts';
import { subgraphDepthFirst } from '../subgraph-depth-first.ts';
import { parseModel } from '../text/parse-model.ts';
import { printModel } from '../text/print-model.ts';
import { Graph, producersIn, valuesOf } from './graph.ts';
import { Node } from './node.ts';
import { tensorSourceOfTensor } from './tensor-source-of-tensor.ts';
import { Value } from './value.ts';

const HEADER = '<ir_version: 8, opset_import: ["" : 13]> ';

function allValues(graph: Graph): Value[] {
  return [...new Set(valuesOf(graph))];
}

function allNodes(graph: Graph): Node[] {
  return [...subgraphDepthFirst(graph)].flatMap((inner) => [...inner.nodes]);
}

describe('edges', () => {
  const edit = fc.record({
    kind: fc.constantFrom('setInput', 'clearInput', 'setInputs', 'replaceUses', 'remove', 'setOutputs'),
    node: fc.nat(99),
    value: fc.nat(99),
    other: fc.nat(99),
    index: fc.nat(5),
  });

  test('both ends agree after any edits', () =>
    fc.assert(
      fc.property(modelArbitrary, fc.array(edit, { maxLength: 12 }), ({ graph }, edits) => {
        for (const { kind, node: n, value: v, other: o, index } of edits) {
          const [nodes, values] = [allNodes(graph), allValues(graph)];
          const [node, value, other] = [
            nodes[n % nodes.length],
            values[v % values.length],
            values[o % values.length],
          ];
          if (!node || !value) continue;
          if (kind === 'setInput') node.setInput(index, value);
          if (kind === 'clearInput') node.setInput(index, undefined);
          if (kind === 'setInputs') node.setInputs([value, undefined, other, value]);
          if (kind === 'setOutputs') node.setOutputs([value]);
          if (kind === 'replaceUses') value.replaceUses(other);
          if (kind === 'remove') node.graph?.remove(node);
          expect(brokenLinks(graph)).toEqual([]);
          for (const { uses } of allValues(graph)) {
            for (const use of uses) expect(use.node.graph).toBeDefined();
          }
        }
      }),
    ));

  test('replaceUses moves every read, also of subgraphs, and leaves graph outputs', () => {
    const { graph } = parseModel(`${HEADER} g (float a, float b) => (a) {
      y = Add (a, a)
      z = If (a) <then_branch = t () => (q) { q = Relu (a) }>
    }`);
    const [a, b] = graph.inputs;
    a.replaceUses(b);
    expect(a.isUsed).toBe(false);
    expect(b.uses.map(({ node, index }) => `${node.opType}.${index}`).sort()).toEqual([
      'Add.0',
      'Add.1',
      'If.0',
      'Relu.0',
    ]);
    expect(graph.outputs).toEqual([a]);
  });

  test('removing a node frees what its bodies read', () => {
    const { graph } = parseModel(`${HEADER} g (bool c, float a) => (z) {
      z = If (c) <then_branch = t () => (q) { q = If (c) <then_branch = u () => (r) { r = Relu (a) }> }>
    }`);
    const [c, a] = graph.inputs;
    const [node] = graph.nodes;
    graph.remove(node);
    expect([c.isUsed, a.isUsed, graph.outputs[0].producer]).toEqual([false, false, undefined]);
    expect(() => graph.remove(node)).toThrow('is not in graph');
  });

  test('a value has one producer: the last that claims it', () => {
    const value = new Value('v');
    const first = new Node({ opType: 'A', outputs: [value, new Value('w')] });
    const second = new Node({ opType: 'B', outputs: [value] });
    expect([value.producer, first.outputs[0], first.outputs[1]?.name]).toEqual([second, undefined, 'w']);
    expect(() => first.output).toThrow('has no first output');
  });
});

describe('sort', () => {
  test('puts producers first, keeps a right order, and needs a second time no change', () =>
    fc.assert(
      fc.property(modelArbitrary, fc.infiniteStream(fc.nat(1000)), ({ graph }, keys) => {
        const original = [...graph.nodes];
        graph.sort();
        expect([...graph.nodes]).toEqual(original);
        const shuffled = original
          .map((node) => ({ node, key: keys.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ node }) => node);
        const twin = shuffledGraph(graph, shuffled);
        twin.sort();
        const order = [...twin.nodes];
        expect(new Set(order)).toEqual(new Set(original));
        for (const [place, node] of order.entries())
          for (const producer of producersIn(node, twin)) expect(order.indexOf(producer)).toBeLessThan(place);
        twin.sort();
        expect([...twin.nodes]).toEqual(order);
      }),
    ));

  /** A graph of the same nodes in another order. */
  function shuffledGraph(graph: Graph, order: readonly Node[]): Graph {
    const twin = new Graph(graph.name);
    for (const node of order) {
      node.graph = undefined;
      twin.add(node);
    }
    return twin;
  }

  test('sees what bodies read, and refuses cycles', () => {
    const { graph } = parseModel(`${HEADER} g (bool c) => (z) {
      [last] z = If (c) <then_branch = t () => (y) {}, else_branch = e () => (q) { q = Relu (x) }>
      [second] y = Relu (x)
      [first] x = Relu (c)
    }`);
    graph.sort();
    expect([...graph.nodes].map((node) => node.name)).toEqual(['first', 'second', 'last']);
    const [first] = graph.nodes;
    first.setInput(0, graph.outputs[0]);
    expect(() => graph.sort()).toThrow('cycle through node');
  });

  test('copes with a chain of 100,000 nodes in reverse', () => {
    const graph = new Graph();
    const values = Array.from({ length: 100_001 }, (_, i) => new Value(`v${i}`));
    for (let i = 99_999; i >= 0; i--)
      graph.add(new Node({ opType: 'Relu', inputs: [values[i]], outputs: [values[i + 1]] }));
    graph.sort();
    const [first] = graph.nodes;
    expect(first.inputs[0]).toBe(values[0]);
  });
});

describe('freshName', () => {
  test('never gives a name twice, in whichever graph it is asked', () =>
    fc.assert(
      fc.property(
        modelArbitrary,
        fc.array(fc.tuple(fc.nat(9), fc.constantFrom('x', 'x_1', 'n'))),
        ({ graph }, asks) => {
          const graphs = [...subgraphDepthFirst(graph)];
          const taken = new Set(allValues(graph).map((value) => value.name));
          for (const [g, base] of asks) {
            const name = graphs[g % graphs.length].freshName(base);
            expect(taken.has(name)).toBe(false);
            expect(name.startsWith(base)).toBe(true);
            taken.add(name);
          }
        },
      ),
    ));

  test('knows names that came later: of nodes, of their bodies, of initializers of bodies', () => {
    const { graph } = parseModel(`${HEADER} g (bool c) => (c) {}`);
    expect(graph.freshName('c')).toBe('c_1');
    const body = new Graph('body');
    body.add(new Node({ opType: 'Op', outputs: [new Value('inner')] }));
    graph.add(
      new Node({
        opType: 'If',
        outputs: [new Value('z')],
        attributes: [['then_branch', { type: 'GRAPH', value: body }]],
      }),
    );
    expect([graph.freshName('z'), graph.freshName('inner')]).toEqual(['z_1', 'inner_1']);
    const tensor = tensorSourceOfTensor({ dtype: 'uint8', shape: [1], data: new Uint8Array(1) });
    expect(body.addInitializer('z', tensor).name).toBe('z_2');
    body.adoptInitializer(new Value('w', undefined, tensor));
    expect([body.freshName('w'), graph.freshName('w')]).toEqual(['w_1', 'w_2']);
  });
});

describe('cloneModel', () => {
  test('gives an equal model', () =>
    fc.assert(
      fc.asyncProperty(modelArbitrary, async (model) => {
        const copy = cloneModel(model);
        expect(await describeDifferences(model, copy)).toEqual([]);
        expect(brokenLinks(copy.graph)).toEqual([]);
        const own = new Set<unknown>([...allNodes(copy.graph), ...allValues(copy.graph)]);
        for (const part of [...allNodes(model.graph), ...allValues(model.graph)])
          expect(own.has(part)).toBe(false);
      }),
    ));

  test('changes of the copy do not reach the original', async () => {
    const model = parseModel(`${HEADER} g (bool c, float x) => (float z) <float w = {1}> {
      y = Add <a = 1> (x, w)
      z = If (c) <then_branch = t () => (q) { q = Relu (y) }>
    }`);
    const before = await printModel(model);
    const copy = cloneModel(model);
    for (const value of allValues(copy.graph)) {
      value.name += '!';
      value.type = undefined;
      value.initializer = undefined;
    }
    for (const node of allNodes(copy.graph)) {
      node.setInt('a', 7);
      node.graph?.remove(node);
    }
    copy.graph.inputs.pop();
    copy.opsetImports.set('x', 1);
    copy.metadata.set('k', 'v');
    expect(await printModel(model)).toBe(before);
    expect(brokenLinks(model.graph)).toEqual([]);
  });
});

describe('attributes by name', () => {
  test('are given where their type fits, with integers clamped to the safe ones', () => {
    const node = new Node({ opType: 'Op', outputs: [] })
      .setInt('i', 3)
      .setFloat('f', 0.5)
      .setInts('is', [1, -2]);
    node.attributes.set('end', { type: 'INT', value: 2n ** 63n - 1n });
    node.attributes.set('ends', { type: 'INTS', value: [-(2n ** 63n)] });
    node.attributes.set('s', { type: 'STRING', value: new TextEncoder().encode('ü') });
    expect([node.int('i'), node.float('f'), node.ints('is'), node.string('s')]).toEqual([
      3,
      0.5,
      [1, -2],
      'ü',
    ]);
    expect([node.int('end'), node.ints('ends')]).toEqual([
      Number.MAX_SAFE_INTEGER,
      [Number.MIN_SAFE_INTEGER],
    ]);
    expect([node.int('f'), node.float('i'), node.string('none')]).toEqual([undefined, undefined, undefined]);
  });
});
