import type { Op } from './op.ts';
import { sameAsInput } from './same-as-input.ts';

export const normalizationOps: readonly Op[] = [
  {
    type: 'BatchNormalization',
    domain: '',
    infer: sameAsInput,
    upgrades: {
      // `spatial` = 1 was the only form engines ran; 9 dropped it. 14 only changed the training outputs.
      9: ({ node }) => {
        node.attributes.delete('spatial');
      },
    },
  },
  { type: 'InstanceNormalization', domain: '', infer: sameAsInput },
  { type: 'LRN', domain: '', infer: sameAsInput },
];
