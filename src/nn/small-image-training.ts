import type { TrainingDefaults } from './net.ts';

/** For small nets on 28 × 28 images. */
export function smallImageTraining(epochs: number): TrainingDefaults {
  return {
    epochs,
    batch: 64,
    optimizer: 'sgd',
    rate: 0.02,
    schedule: 'cosine',
    weightDecay: 5e-4,
    augment: [],
  };
}
