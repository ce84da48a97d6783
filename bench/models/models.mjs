/** What is done to every model. */
export const variants = {
  clean: { command: 'clean', options: [] },
  static: quantize(),
  dynamic: { command: 'quantize', options: ['--mode', 'dynamic'] },
  'weights int8': stored('int8'),
  'weights int8, with data': quantize('--mode', 'weights'),
  'weights int4 block:32': stored('int4', '--granularity', 'block:32'),
  'weights float16': stored('float16'),
};

/**
 * The models of the assets, each with the dataset that scores it, the one that calibrates, and variants of its own besides
 * the common ones. A variant is a command and options of `pare`; `data` says that it chooses on the calibration set, `clean`
 * with which options the model is cleaned before, `sets` the datasets of the cleaned model where they are others.
 */
export const models = {
  'mnist-cnn': { test: 'mnist-test', calibrate: 'mnist-train' },
  'resnet8-cifar10': { test: 'cifar10-test-resnet8', calibrate: 'cifar10-train-resnet8' },
  'resnet20-cifar10': { test: 'cifar10-test-resnet20', calibrate: 'cifar10-train-resnet20' },
  'resnet32-cifar10': { test: 'cifar10-test-resnet20', calibrate: 'cifar10-train-resnet20' },
  'mobilenet-v1-0.25-imagenet': {
    test: 'imagenet-mobilenet-test',
    calibrate: 'imagenet-mobilenet-calibrate',
  },
  'ultraface-rfb-320': { test: 'ultraface', calibrate: 'ultraface-calibrate' },
  'espcn-x3': {
    test: 'espcn-x3-fifty', // A picture takes fifty milliseconds.
    calibrate: 'espcn-x3-calibrate',
    variants: {
      'static, uint16 activations': quantize('--activations', 'uint16'),
      'static, int16 activations': quantize('--activations', 'int16'),
      'static, last layer float': quantize('--exclude', 'Conv_6'),
      'static, last two layers float': quantize('--exclude', 'Conv_4', '--exclude', 'Conv_6'),
      'static, first and last layer float': quantize('--exclude', 'Conv_0', '--exclude', 'Conv_6'),
      'static, last layer float, uint16 activations': quantize(
        '--exclude',
        'Conv_6',
        '--activations',
        'uint16',
      ),
      'weights int16': stored('int16'),
      'static, --max-drop 0.1': quantize('--max-drop', '0.1'),
    },
  },
  'silero-vad-16k': { test: 'silero-vad', calibrate: 'silero-vad-calibrate', variants: ofSpeechDetector() },
  'silero-vad-if': { test: 'silero-vad', calibrate: 'silero-vad-calibrate', variants: ofSpeechDetector() },
  'dtln-1': { test: 'dtln-1', calibrate: 'dtln-1-calibrate' },
  'dtln-2': { test: 'dtln-2', calibrate: 'dtln-2-calibrate' },
  'gtcrn-simple': { test: 'gtcrn-simple', calibrate: 'gtcrn-simple-calibrate' },
  'autoencoder-toycar': { test: 'autoencoder-toycar', calibrate: 'autoencoder-toycar-calibrate' },
  'streaming-wakeword': { test: 'streaming-wakeword', calibrate: 'streaming-wakeword-calibrate' },
};

function quantize(...options) {
  return { command: 'quantize', options, data: true };
}

function stored(format, ...options) {
  return { command: 'quantize', options: ['--mode', 'weights', '--weights', format, ...options] };
}

function ofSpeechDetector() {
  return {
    'clean --fix sr=16000': { command: 'clean', options: ['--fix', 'sr=16000'] },
    'static, uint16 activations': quantize('--activations', 'uint16'),
    'static, --max-drop 0.5': quantize('--max-drop', '0.5'),
    'sr fixed, static': atFixedRate(quantize()),
    'sr fixed, static, uint16 activations': atFixedRate(quantize('--activations', 'uint16')),
    'sr fixed, static, --max-drop 0.5': atFixedRate(quantize('--max-drop', '0.5')),
    'sr fixed, dynamic': atFixedRate(variants.dynamic),
    'sr fixed, weights int8': atFixedRate(variants['weights int8']),
    'sr fixed, weights float16': atFixedRate(variants['weights float16']),
  };
}

function atFixedRate(variant) {
  const sets = { test: 'silero-vad-fixed', calibrate: 'silero-vad-fixed-calibrate' };
  return { ...variant, clean: ['--fix', 'sr=16000'], sets };
}
