import type { Node } from '../onnx/ir/node.ts';

/** The name a node goes by in reports and patterns; exporters that give none are helped out with its first output's. */
export function nodeName(node: Node): string {
  return node.name || node.outputs.find((value) => value)?.name || node.opType;
}
