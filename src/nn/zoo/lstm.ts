import type { z } from 'zod';
import type { Net } from '../net.ts';
import { fitSequence, recurrentNet, recurrentOptions, recurrentTraining } from '../recurrent-net.ts';

export const lstm: Net<z.output<typeof recurrentOptions>> = {
  name: 'lstm',
  summary: 'one LSTM layer over steps and a dense layer on its last state',
  options: recurrentOptions,
  training: recurrentTraining,
  fit: fitSequence,
  build(options, seed) {
    return recurrentNet(this.name, { opType: 'LSTM', gates: 4 }, options, seed);
  },
};
