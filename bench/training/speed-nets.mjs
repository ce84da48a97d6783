/** Nets whose step is timed beside PyTorch, `steps` in a block; `aim` is the largest ratio of times that was asked for. */
export const nets = {
  mlp: { zoo: 'mlp-784-128-10', batch: 128, shape: [1, 28, 28], steps: 400, aim: 1.2 },
  lenet: { zoo: 'lenet-5-caffe', hasMaps: true, batch: 64, shape: [1, 28, 28], steps: 24, aim: 1.1 },
  lstm: { zoo: 'lstm', batch: 64, shape: [28, 28], steps: 40, aim: 1.3 },
  resnet: { zoo: 'resnet-20', hasMaps: true, batch: 32, shape: [3, 32, 32], steps: 16, aim: 1.7 },
  dscnn: { zoo: 'ds-cnn', hasMaps: true, batch: 32, shape: [1, 49, 10], steps: 24, aim: 1.7 },
  mobilenet: {
    zoo: 'mobilenet-v1',
    hasMaps: true,
    options: { width: 0.25, resolution: 96 },
    batch: 32,
    shape: [3, 96, 96],
    steps: 16,
    aim: 2.1,
  },
};

/** Settings of both sides. */
export const settings = { threads: 2, rate: 0.02, momentum: 0.9, batches: 8, seed: 1 };
