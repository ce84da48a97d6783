import type { Op } from './op.ts';
import { sameAsInput } from './same-as-input.ts';

export const normalizationOps: readonly Op[] = [
  {
    type: 'BatchNormalization',
    domain: '',
    infer: sameAsInput,
    upgrades: {
      // `spatial` = 1, the default, is the only form left.
      9: ({ node }) => {
        node.attributes.delete('spatial');
      },
    },
  },
  { type: 'InstanceNormalization', domain: '', infer: sameAsInput },
  { type: 'LRN', domain: '', infer: sameAsInput },
];
