import { join } from 'node:path';
import { places } from './places.mjs';

const { assets } = places;
const model = (name) => join(assets, 'onnx', `${name}.onnx`);
/** (x / 255 − mean) / std */
const resnet20Pixels = { scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

function cifar(preprocess) {
  return {
    train: { kind: 'cifar10', files: join(places.cifarTrain, 'data_batch_*.bin'), preprocess },
    test: { kind: 'cifar10', files: join(assets, 'cifar10/test_batch_first1000.bin.gz'), preprocess },
  };
}

function mnist(part) {
  const file = (what) => join(assets, `mnist/${part}-${what}-ubyte.gz`);
  return { kind: 'idx', files: file('images-idx3'), labels: file('labels-idx1') };
}

const imagenet = join(assets, 'imagenet-sample');

/** The models measured, with the contents of dataset files (docs/datasets.md) that feed them. */
export const models = {
  resnet20: { path: model('resnet20-cifar10'), ...cifar(resnet20Pixels) },
  resnet8: { path: model('resnet8-cifar10'), ...cifar({}) },
  mobilenet: {
    path: model('mobilenet-v1-0.25-imagenet'),
    /** There is one set: it is cross-fitted. */
    all: {
      kind: 'images',
      files: join(imagenet, 'images'),
      labels: join(imagenet, 'labels.csv'),
      preprocess: { crop: 224, scale: 1 / 127.5, mean: 1 },
    },
  },
  mnist: { path: model('mnist-cnn'), train: mnist('train'), test: mnist('t10k') },
  ultraface: {
    path: model('ultraface-rfb-320'),
    all: {
      kind: 'images',
      files: join(imagenet, 'images'),
      preprocess: { resize: [240, 320], scale: 1 / 128, mean: 127 / 128 },
    },
  },
};
