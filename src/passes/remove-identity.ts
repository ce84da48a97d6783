import type { Node } from '../onnx/ir/node.ts';
import { bypass } from './bypass.ts';
import { nodePass } from './node-pass.ts';
import type { Pass } from './pass.ts';

/** Operators that hand on input 0 unchanged when a model is only run, never trained. */
const isIdentity: Readonly<Record<string, (node: Node) => boolean>> = {
  Identity: () => true,
  // A dropout whose mask is read, or whose training mode may be switched on by an input, stays.
  Dropout: (node) => node.outputs[1] === undefined && node.inputs[2] === undefined,
};

export const removeIdentity: Pass = nodePass({
  name: 'remove-identity',
  summary: 'removes Identity and, since the model is only run, Dropout',
  opTypes: Object.keys(isIdentity),
  rewrite: (node, { graph, pinned }) => isIdentity[node.opType](node) && bypass(graph, node, pinned),
});
