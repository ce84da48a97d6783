import type { Node } from '../../onnx/ir/node.ts';
import { opOf } from '../../ops/index.ts';
import type { LayerFacts } from './form.ts';
import { sampleShape } from './sample-shape.ts';

/** Multiply–accumulates of one run on one sample; 0 where shapes are unknown. */
export function macsOfSample(node: Node, { types }: LayerFacts): number {
  const macs = opOf(node)?.macs?.({
    node,
    inputShape: (index) => sampleShape(node.inputs[index], types),
    outputShape: (index) => sampleShape(node.outputs[index], types),
  });
  return macs ?? 0;
}
