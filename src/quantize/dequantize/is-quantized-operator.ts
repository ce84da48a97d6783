import type { Node } from '../../onnx/ir/node.ts';
import type { Form } from './form.ts';
import { forms } from './forms/index.generated.ts';
import { operatorKey } from './nodes-of.ts';

/** The names such operators have in ONNX and in the engines' own domains. */
const spelling = /quantize|NBits|Bnb4|^(QLinear|QOrdered|QAttention|QEmbed|QGemm|QMoE)|Integer(ToFloat)?$/i;

const understood = new Set(Object.values<Form>(forms).flatMap(({ operators }) => operators));

/** Whether an operator works on codes: those a form understands, and others by their names. */
export function isQuantizedOperator(node: Node): boolean {
  return understood.has(operatorKey(node)) || spelling.test(node.opType);
}
