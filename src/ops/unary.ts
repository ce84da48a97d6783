import { axesKept } from './axes-kept.ts';
import type { Op, QuantizationRole } from './op.ts';
import { sameAsInput } from './same-as-input.ts';

/** Record of an operator that maps each element of input 0 on its own. */
export function unary(type: string, role?: QuantizationRole, domain = ''): Op {
  const record: Op = { type, domain, infer: sameAsInput, axes: (context) => axesKept(context) };
  return role ? { ...record, role } : record;
}
