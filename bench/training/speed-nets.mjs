/** Nets whose step is timed beside PyTorch, `steps` in a block; `aims` the largest ratios of times that were asked for: to
 * PyTorch as it is and, on blocks, to PyTorch with channels last. */
export const nets = {
  mlp: {
    zoo: 'mlp-784-128-10',
    batch: 128,
    shape: [1, 28, 28],
    steps: 400,
    aims: { standard: [1.2], blocked: [1.1] },
  },
  lenet: {
    zoo: 'lenet-5-caffe',
    hasMaps: true,
    batch: 64,
    shape: [1, 28, 28],
    steps: 24,
    aims: { standard: [1.1], blocked: [0.8, 1.3] },
  },
  lstm: { zoo: 'lstm', batch: 64, shape: [28, 28], steps: 40, aims: { standard: [1.3], blocked: [1.2] } },
  resnet: {
    zoo: 'resnet-20',
    hasMaps: true,
    batch: 32,
    shape: [3, 32, 32],
    steps: 16,
    aims: { standard: [1.7], blocked: [0.8, 1] },
  },
  dscnn: {
    zoo: 'ds-cnn',
    hasMaps: true,
    batch: 32,
    shape: [1, 49, 10],
    steps: 24,
    aims: { standard: [1.7], blocked: [0.6, 0.75] },
  },
  mobilenet: {
    zoo: 'mobilenet-v1',
    hasMaps: true,
    options: { width: 0.25, resolution: 96 },
    batch: 32,
    shape: [3, 96, 96],
    steps: 16,
    aims: { standard: [2.1], blocked: [0.7, 0.75] },
  },
};

/** Settings of both sides. */
export const settings = { threads: 2, rate: 0.02, momentum: 0.9, batches: 8, seed: 1 };
