/** Networks of the zoo whose gradients are compared: samples a batch, and options where the defaults are large. */
export const networks = {
  'mlp-784-128-10': { batch: 32 },
  'lenet-5': { batch: 16 },
  'lenet-5-caffe': { batch: 16 },
  'convnet-cifar': { batch: 8 },
  'resnet-8': { batch: 8 },
  'resnet-20': { batch: 8 },
  'ds-cnn': { batch: 8 },
  'mobilenet-v1': { batch: 8, options: { width: 0.25, resolution: 96, classes: 10 } },
  'mobilenet-v2': { batch: 4 },
  lstm: { batch: 16 },
  gru: { batch: 16 },
  'text-cnn': { batch: 8 },
  'transformer-encoder': { batch: 4 },
  'char-gpt': { batch: 2 },
};

/** Those with convolutions of planes, in batches as they are trained in. */
export const blockedNetworks = {
  'lenet-5-caffe': { batch: 32 },
  'two-conv': { batch: 32 },
  'resnet-8': { batch: 16 },
  'resnet-20': { batch: 16 },
  'resnet-32': { batch: 16 },
  'resnet-18': { batch: 16 },
  'ds-cnn': { batch: 16 },
  'mobilenet-v1': { batch: 16, options: { width: 0.25, resolution: 96, classes: 10 } },
  'mobilenet-v2': { batch: 16, options: { width: 0.35, resolution: 96, classes: 10 } },
};
