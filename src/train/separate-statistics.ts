import type { Model } from '../onnx/ir/model.ts';

/**
 * Gives each BatchNormalization running statistics of its own, where several share them (untrained ones that were merged as
 * equal constants): in training they part.
 */
export function separateStatistics({ graph }: Model): void {
  for (const node of graph.nodes) {
    if (node.opType !== 'BatchNormalization' || node.domain !== '') continue;
    for (const index of [3, 4]) {
      const value = node.inputs[index];
      if (!value?.initializer || value.hasOneUse) continue;
      node.setInput(index, graph.addInitializer(value.name, value.initializer));
    }
  }
}
