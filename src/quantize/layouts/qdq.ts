import type { Layout } from '../layout.ts';

/** Any engine runs it: those that know the pattern in integers, others in float. */
export const qdq: Layout = {
  name: 'qdq',
  summary: 'float operators between QuantizeLinear and DequantizeLinear',
  refuses: () => undefined,
  rewrite: () => {},
};
