import type { Node } from '../onnx/ir/node.ts';
import { bypass } from './bypass.ts';
import type { Pass } from './pass.ts';
import { pinnedValues } from './pinned-values.ts';

/** Operators that hand on input 0 unchanged when a model is only run, never trained. */
const isIdentity: Readonly<Record<string, (node: Node) => boolean>> = {
  Identity: () => true,
  // A dropout whose mask is read, or whose training mode may be switched on by an input, stays.
  Dropout: (node) => node.outputs[1] === undefined && node.inputs[2] === undefined,
};

export const removeIdentity: Pass = {
  name: 'remove-identity',
  summary: 'removes Identity and, since the model is only run, Dropout',
  async run(model) {
    const pinned = pinnedValues(model.graph);
    let changes = 0;
    for (const node of model.graph.nodes) {
      if (node.domain === '' && isIdentity[node.opType]?.(node) && bypass(model.graph, node, pinned))
        changes++;
    }
    return changes;
  },
};
