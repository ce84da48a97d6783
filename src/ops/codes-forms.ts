import type { Value } from '../onnx/ir/value.ts';
import type { CodedOperand, CodedOperands, CodesForm } from './op.ts';

const contrib = 'com.microsoft';

function flat({ codes, scale, zeroPoint }: CodedOperand): Value[] {
  return [codes, scale, zeroPoint];
}

function gridOf({ result }: CodedOperands): (Value | undefined)[] {
  return [result?.scale, result?.zeroPoint];
}

/** Operands with their grids, then the result's grid. */
function operandsFirst(operands: CodedOperands): (Value | undefined)[] {
  return [...operands.coded.flatMap(flat), ...gridOf(operands)];
}

/** A form that hands out codes only. */
function handsOutCodes(form: CodesForm): (hasFloatResult: boolean) => CodesForm | undefined {
  return (hasFloatResult) => (hasFloatResult ? undefined : form);
}

/** The engine's own operator `QLinear…` of operands with their grids. */
export function qlinear(type: string) {
  return handsOutCodes({ type, domain: contrib, inputs: operandsFirst });
}

/** x, w, y's grid, bias. */
export const qlinearConv = handsOutCodes({
  type: 'QLinearConv',
  domain: '',
  inputs: (operands) => [...operandsFirst(operands), operands.bias],
});

/** The result's grid comes first. */
export const qlinearConcat = handsOutCodes({
  type: 'QLinearConcat',
  domain: contrib,
  inputs: (operands) => [...gridOf(operands), ...operands.coded.flatMap(flat)],
});

/** The condition is no code. */
export const qlinearWhere = handsOutCodes({
  type: 'QLinearWhere',
  domain: contrib,
  inputs: (operands) => [operands.plain(0), ...operandsFirst(operands)],
});

/** A, B, C, y's grid, without which y is float. */
export function qgemm(): CodesForm {
  const inputs = (operands: CodedOperands) => [
    ...operands.coded.flatMap(flat),
    operands.bias,
    ...(operands.result ? gridOf(operands) : []),
  ];
  return { type: 'QGemm', domain: contrib, inputs, drops: ['beta'] };
}

/** Sums leave in float through another operator: both codes, both scales, both zero points. */
export function quantizedMatMul(hasFloatResult: boolean): CodesForm {
  if (!hasFloatResult) return { type: 'QLinearMatMul', domain: '', inputs: operandsFirst };
  const inputs = ({ coded: [a, b] }: CodedOperands) => [
    a.codes,
    b.codes,
    a.scale,
    b.scale,
    a.zeroPoint,
    b.zeroPoint,
  ];
  return { type: 'MatMulIntegerToFloat', domain: contrib, inputs };
}
