import { PareError } from '../../base/pare-error.ts';
import type { Node } from '../../onnx/ir/node.ts';
import { nodeName } from '../../passes/node-name.ts';

export function nothingToDequantize(): PareError {
  return new PareError({
    code: 'nothing-to-dequantize',
    message: 'The model holds nothing that is quantized, and no half-precision numbers.',
    hint: 'pare inspect MODEL shows the formats of its weights.',
    isUsage: true,
  });
}

/** @param why one clause, lower case, without a full stop */
export function cannotDequantize(node: Node, why: string): PareError {
  const operator = `${node.domain === '' ? '' : `${node.domain}.`}${node.opType}`;
  return new PareError({
    code: 'cannot-dequantize',
    message: `${operator} "${nodeName(node)}" cannot be turned into float operators: ${why}.`,
    where: nodeName(node),
    got: operator,
    hint: 'Take the float model it was made from.',
  });
}

export function cannotDequantizeFunction(name: string, operator: string): PareError {
  return new PareError({
    code: 'cannot-dequantize',
    message: `The model's own function "${name}" holds ${operator}, and functions are not rewritten.`,
    where: name,
    got: operator,
    hint: 'Inline the functions first (onnx.inliner), or take the float model it was made from.',
  });
}

/** Codes and their scales do not fit together. */
export function brokenQuantization(where: string, found: string, expected: string): PareError {
  return new PareError({
    code: 'broken-quantization',
    message: `The quantized weight "${where}" does not fit its parameters: ${found}.`,
    where,
    expected,
    got: found,
    hint: 'The file is damaged: check it with the tool that made it.',
  });
}
