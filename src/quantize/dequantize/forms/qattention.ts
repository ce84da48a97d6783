import type { Node } from '../../../onnx/ir/node.ts';
import { cannotDequantize } from '../errors.ts';
import type { Form } from '../form.ts';
import { decodedInput, replaceNode } from '../lower.ts';
import { rewriteEach } from '../nodes-of.ts';

/** Attention on codes: data, weight, bias, the two scales, mask, the two zero points, past. */
export const qattention: Form = {
  name: 'qattention',
  summary: 'QAttention',
  stage: 'lower',
  operators: ['com.microsoft:QAttention'],
  rewrite: (model) => rewriteEach(model, qattention, lower),
};

function lower(node: Node): void {
  const [, , bias, , , mask, , , past] = node.inputs;
  if (node.outputs[1]) throw cannotDequantize(node, 'it hands out its keys and values');
  const data = decodedInput(node, 0, { scale: 3, zeroPoint: 6 });
  const weight = decodedInput(node, 1, { scale: 4, zeroPoint: 7, axis: -1 });
  const inputs = [data, weight, bias, mask, past];
  while (inputs.at(-1) === undefined) inputs.pop();
  replaceNode(node, { opType: 'Attention', domain: 'com.microsoft', inputs });
}
