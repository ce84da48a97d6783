import type { z } from 'zod';
import type { Net } from '../net.ts';
import { fitSequence, recurrentNet, recurrentOptions, recurrentTraining } from '../recurrent-net.ts';

export const gru: Net<z.output<typeof recurrentOptions>> = {
  name: 'gru',
  summary: 'one GRU layer over steps and a dense layer on its last state',
  options: recurrentOptions,
  training: recurrentTraining,
  fit: fitSequence,
  build(options, seed) {
    return recurrentNet(
      this.name,
      { opType: 'GRU', gates: 3, attributes: { linear_before_reset: 1 } },
      options,
      seed,
    );
  },
};
