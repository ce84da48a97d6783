import { PareError } from '../base/pare-error.ts';
import type { Node } from '../onnx/ir/node.ts';

function described(node: Node): string {
  return `${node.opType} "${node.name || (node.outputs.find((value) => value)?.name ?? '')}"`;
}

/** @param path the nodes from the parameter to the loss, this one among them */
export function noGradientRule(node: Node, path: readonly Node[]): PareError {
  return new PareError({
    code: 'no-gradient-rule',
    message: `No gradient is known for ${described(node)}, which lies between parameters and loss.`,
    where: path.map(described).join(' → '),
    got: node.opType,
    hint: 'Freeze the parameters in front of it, or replace the operator.',
  });
}

export function shapeNotFixed(value: string): PareError {
  return new PareError({
    code: 'shape-not-fixed',
    message: `The shape of "${value}" is not known, but a training graph needs every length.`,
    where: value,
    hint: 'Fix the lengths of the inputs: pare clean --shape NAME=LENGTHS.',
  });
}
