import { constantOf } from '../onnx/constant-of.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import type { Pass } from './pass.ts';

/** Pad (with zeros, on spatial axes, nowhere cutting) → Conv becomes Conv with larger pads. */
export const foldPad: Pass = {
  name: 'fold-pad',
  summary: 'folds zero padding into the convolution behind it',
  async run(model) {
    let changes = 0;
    for (const node of [...model.graph.nodes]) {
      if (node.opType === 'Pad' && node.domain === '' && (await fold(model.graph, node))) changes++;
    }
    return changes;
  },
};

async function fold(graph: Graph, pad: Node): Promise<boolean> {
  const readers = pad.output.uses.map((use) => use.node);
  const isAllConv = readers.every(
    (n) => n.opType === 'Conv' && n.domain === '' && n.inputs[0] === pad.output,
  );
  if (readers.length === 0 || !isAllConv || graph.outputs.includes(pad.output)) return false;
  if (readers.some((conv) => !['NOTSET', 'VALID'].includes(conv.string('auto_pad') ?? 'NOTSET')))
    return false;
  const amounts = await zeroPads(pad);
  const data = pad.inputs[0];
  if (!amounts || !data) return false;
  const rank = amounts.length / 2;
  const spatial = [...amounts.slice(2, rank), ...amounts.slice(rank + 2)];
  if (spatial.some((n) => n < 0) || [0, 1, rank, rank + 1].some((i) => amounts[i] !== 0)) return false;
  for (const conv of readers) {
    const own = conv.ints('pads') ?? spatial.map(() => 0);
    conv.setInts(
      'pads',
      own.map((n, i) => n + spatial[i]),
    );
    conv.attributes.delete('auto_pad');
    conv.setInput(0, data);
  }
  graph.remove(pad);
  return true;
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
