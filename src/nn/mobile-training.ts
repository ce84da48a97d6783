import type { TrainingDefaults } from './net.ts';

/** For nets of depthwise-separable convolutions. @param rate largest learning rate */
export function mobileTraining(rate: number): TrainingDefaults {
  return {
    epochs: 40,
    batch: 32,
    optimizer: 'sgd',
    rate,
    schedule: 'one-cycle',
    weightDecay: 1e-4,
    augment: ['flip', 'crop'],
  };
}
