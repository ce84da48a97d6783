import { describe, expect, it } from 'vitest';
import type { Graph } from '../onnx/ir/graph.ts';
import { GraphBuilder, subgraph } from '../testing/build-graph.ts';
import { absorb, absorbedNames } from './absorb.ts';
import { matchNodes } from './match-nodes.ts';

/** Convolutions of all sorts, a nameless Relu, and a node with a colon in its name. */
function net(): Graph {
  const b = new GraphBuilder();
  const x = b.input('x', [1, 4, 8, 8]);
  const conv = (name: string, weight: readonly number[], group = 1, data = x) =>
    b.node('Conv', [data, b.weights(`${name}.w`, weight)], { name, attributes: { group } });
  const stem = conv('/block.1/conv', [4, 4, 3, 3]);
  const depthwise = conv('/block.2/dw', [4, 1, 3, 3], 4, stem);
  const grouped = conv('/block.2/grouped', [4, 2, 3, 3], 2, depthwise);
  const pointwise = conv('/block.3/pw', [4, 4, 1, 1], 1, grouped);
  const relu = b.node('Relu', [pointwise], { outputs: ['activation'] });
  return b.ends(b.node('Neg', [relu], { name: 'neg:0' }));
}

function matched(...patterns: string[]): string[] {
  return [...matchNodes(net(), patterns)].map((node) => node.name || node.opType);
}

describe('matchNodes', () => {
  it.each([
    ['/block.1/conv', ['/block.1/conv']],
    ['name:/block.1/conv', ['/block.1/conv']],
    ['/block.2*', ['/block.2/dw', '/block.2/grouped']],
    ['*w', ['/block.2/dw', '/block.3/pw']],
    ['/block.?/?w', ['/block.2/dw', '/block.3/pw']],
    // A dot is a dot, and the whole name must match.
    ['name:/block*1/co*', ['/block.1/conv']],
    ['type:Conv', ['/block.1/conv', '/block.2/dw', '/block.2/grouped', '/block.3/pw']],
    ['is:depthwise', ['/block.2/dw']],
    ['is:pointwise', ['/block.3/pw']],
    ['re:dw$', ['/block.2/dw']],
    ['re:block\\.[12]', ['/block.1/conv', '/block.2/dw', '/block.2/grouped']],
    // A nameless node goes by its output; a colon may be part of a name.
    ['activation', ['Relu']],
    ['neg:0', ['neg:0']],
    ['name:neg:0', ['neg:0']],
  ])('%s', (pattern, names) => {
    expect(matched(pattern)).toEqual(names);
  });

  it('joins patterns, each node once', () => {
    expect(matched('type:Relu', '/block.1/*', 're:conv')).toEqual(['Relu', '/block.1/conv']);
  });

  it('fused nodes answer to all names they absorbed, also over several steps', () => {
    const b = new GraphBuilder();
    const conv = b.nodeOf('Conv', [b.input('x', [1]), b.weights('w', [1])], { outputs: ['c'] });
    const norm = b.nodeOf('BatchNormalization', [conv.output], { name: 'bn', outputs: ['n'] });
    const relu = b.nodeOf('Relu', [norm.output], { outputs: ['r'] });
    b.ends(relu.output);
    absorb(b.graph, norm, relu);
    absorb(b.graph, conv, norm);
    expect(absorbedNames(conv)).toEqual(['c', 'bn', 'r']);
    for (const name of ['c', 'bn', 'r']) expect([...matchNodes(b.graph, [name])]).toEqual([conv]);
  });

  it('takes no notice of metadata that are not its own', () => {
    const b = new GraphBuilder();
    const relu = b.nodeOf('Relu', [b.input('x', [1])], { name: 'r' });
    for (const text of ['{', '7', '{"a":1}', 'null', '[1,["x"]]']) {
      relu.metadata.set('pare.absorbed', text);
      expect(absorbedNames(relu)).toEqual([]);
    }
  });

  it('a pattern without a match names some nodes', () => {
    expect(() => matched('type:Conv', 'nowhere')).toThrow(
      expect.objectContaining({
        code: 'pattern-without-match',
        message: 'No node matches the pattern "nowhere".',
        got: 'nowhere',
        expected: expect.stringMatching(/^the name of a node, such as "\/block\.1\/conv", /),
        isUsage: true,
      }),
    );
    // Not a wildcard in a glob.
    expect(() => matched('/block.[12]/conv')).toThrow(/No node matches/);
    expect(() => matched('/blockx1/conv')).toThrow(/No node matches/);
    expect(() => matched('block.1')).toThrow(/No node matches/);
  });

  it.each([
    ['is:wide', 'known properties are depthwise, pointwise'],
    ['is:constructor', 'known properties are depthwise, pointwise'],
    ['re:(', 'it is not a regular expression'],
  ])('%s is refused', (pattern, reason) => {
    expect(() => matched(pattern)).toThrow(
      expect.objectContaining({
        code: 'bad-pattern',
        message: `The pattern "${pattern}" is not understood: ${reason}.`,
        isUsage: true,
      }),
    );
  });
});

describe('matchNodes in bodies', () => {
  const b = new GraphBuilder();
  const x = b.input('x', [2]);
  const body = new GraphBuilder('body');
  body.ends(body.node('Relu', [x], { name: 'inner' }));
  const attributes = {
    then_branch: subgraph(body.graph),
    else_branch: subgraph(new GraphBuilder('empty').ends(x)),
  };
  const graph = b.ends(b.node('If', [b.input('c', [], 'bool')], { name: 'outer', attributes }));

  it('finds inner nodes too', () => {
    expect([...matchNodes(graph, ['*'])].map(({ name }) => name)).toEqual(['outer', 'inner']);
    expect([...matchNodes(graph, ['inner'])].map(({ name }) => name)).toEqual(['inner']);
  });
});
