const MAX_POINTS = 0.5;
const MAX_DECIBELS = 0.1;

/** What results must keep to be of use, by the metric they are judged by. `loss` is how a change is shown. */
export const checks = [
  {
    title: 'Speech fraction of the voice detectors',
    says: `Share of frames of recorded speech taken for speech, state fed back over 2 s sequences: within ${MAX_POINTS} points of the float model’s?`,
    metric: 'positive-rate',
    isMet: ({ before, after }) => 100 * Math.abs(after - before) <= MAX_POINTS,
    loss: ({ before, after }) => `${signed(100 * (after - before))} points`,
  },
  {
    title: 'PSNR of super-resolution',
    says: `Within ${MAX_DECIBELS} dB of the float model’s?`,
    metric: 'psnr',
    isMet: ({ before, after }) => before - after <= MAX_DECIBELS,
    loss: ({ before, after }) => `${signed(after - before)} dB`,
  },
];

function signed(value) {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
}
