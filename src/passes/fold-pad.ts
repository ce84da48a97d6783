import { constantOf } from '../onnx/constant-of.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import { rememberNames } from './absorb.ts';
import { nodePass } from './node-pass.ts';
import type { Pass } from './pass.ts';

/** Pad (with zeros, on spatial axes, nowhere cutting) → Conv becomes Conv with larger pads. */
export const foldPad: Pass = nodePass({
  name: 'fold-pad',
  summary: 'folds zero padding into the convolution behind it',
  opTypes: ['Pad'],
  rewrite: (node, { graph, pinned }) => !pinned.has(node.output) && fold(graph, node),
});

async function fold(graph: Graph, pad: Node): Promise<boolean> {
  const { uses } = pad.output;
  if (
    uses.length === 0 ||
    !uses.every(({ node, index }) => index === 0 && node.graph === graph && takesPads(node))
  )
    return false;
  const amounts = await zeroPads(pad);
  const data = pad.inputs[0];
  if (!amounts || !data) return false;
  const rank = amounts.length / 2;
  const spatial = [...amounts.slice(2, rank), ...amounts.slice(rank + 2)];
  if (spatial.some((n) => n < 0) || [0, 1, rank, rank + 1].some((i) => amounts[i] !== 0)) return false;
  for (const { node: conv } of uses) {
    const own = ownPads(conv) ?? spatial.map(() => 0);
    const pads = own.map((n, i) => n + spatial[i]);
    conv.setInts('pads', pads);
    conv.attributes.delete('auto_pad');
    conv.setInput(0, data);
    rememberNames(conv, pad);
  }
  graph.remove(pad);
  return true;
}

function takesPads(node: Node): boolean {
  const autoPad = node.string('auto_pad') ?? 'NOTSET';
  return node.opType === 'Conv' && node.domain === '' && (autoPad === 'NOTSET' || autoPad === 'VALID');
}

/** VALID means no pads, whatever the attribute says. */
function ownPads(conv: Node): number[] | undefined {
  return conv.string('auto_pad') === 'VALID' ? undefined : conv.ints('pads');
}

/** Amounts of a Pad that appends zeros to all axes in order; undefined for any other Pad. */
async function zeroPads(pad: Node): Promise<number[] | undefined> {
  if ((pad.string('mode') ?? 'constant') !== 'constant' || pad.inputs[3]) return undefined;
  if ((pad.float('value') ?? 0) !== 0) return undefined;
  const fill = pad.inputs[2] && constantOf(pad.inputs[2]);
  if (pad.inputs[2] && (!fill || Number((await readTensorSource(fill)).data[0]) !== 0)) return undefined;
  const own = pad.ints('pads');
  const amounts = pad.inputs[1] && constantOf(pad.inputs[1]);
  if (own || !amounts) return own;
  return Array.from((await readTensorSource(amounts)).data, Number);
}
