import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../base/tensor.ts';
import type { Model } from '../onnx/ir/model.ts';
import { readModel } from '../onnx/read/read-model.ts';
import { readModelFile } from '../onnx/read/read-model-file.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { assetsFolder } from '../testing/assets-folder.ts';
import { expectClose } from '../testing/expect-close.ts';
import { randomFeeds } from '../testing/random-feeds.ts';
import { runModel } from '../testing/run-model.ts';
import { f32, int64 } from '../testing/tensors.ts';
import { clean } from './clean.ts';
import { upgradeOpset } from './upgrade-opset.ts';

const runner = await ortNode();
const folder = join(assetsFolder, 'onnx');

/** Folding batch normalization rounds each weight once more; relative to the largest output. */
const RTOL = 1e-5;

type Feeds = Record<string, Tensor>;

/** Nodes of the main graph that are left, as measured: a cleaning pass that stops working shows here. */
const models: Record<string, { nodesLeft: number; feeds?: (model: Model) => Feeds }> = {
  'autoencoder-toycar': { nodesLeft: 19 },
  'dtln-1': { nodesLeft: 20 },
  'dtln-2': { nodesLeft: 66 },
  'espcn-x3': { nodesLeft: 8, feeds: (model) => randomFeeds(model, 1, (_, axis) => (axis === 0 ? 1 : 12)) },
  'gtcrn-simple': { nodesLeft: 398 },
  'mnist-cnn': { nodesLeft: 8 },
  'mobilenet-v1-0.25-imagenet': { nodesLeft: 58 },
  'resnet20-cifar10': { nodesLeft: 54 },
  'resnet32-cifar10': { nodesLeft: 84 },
  'resnet8-cifar10': { nodesLeft: 23 },
  'silero-vad-16k': { nodesLeft: 55, feeds: speech },
  'silero-vad-if': { nodesLeft: 2, feeds: speech },
  'streaming-wakeword': { nodesLeft: 15 },
  'ultraface-rfb-320': { nodesLeft: 125 },
};

/** One window of 16 kHz speech with the 64 samples before it. */
function speech(): Feeds {
  return {
    input: f32([1, 576], 'speech', 0.1),
    state: f32([2, 1, 128], 'state', 0.1),
    sr: int64(16000),
  };
}

describe.skipIf(!existsSync(folder))('real models, upgraded to operator set 13 and cleaned', () => {
  it.each(Object.entries(models))('%s', { timeout: 30_000 }, async (name, { nodesLeft, feeds }) => {
    const model = await readModelFile(join(folder, `${name}.onnx`));
    try {
      const inputs = feeds?.(model) ?? randomFeeds(model);
      const before = await runModel(runner, model, inputs);
      await upgradeOpset(model, 13);
      const changes = await clean(model, { runner });
      // Reading checks the graph; running checks what the engine thinks of it.
      await readModel(await modelToBytes(model));
      expectClose(await runModel(runner, model, inputs), before, RTOL);
      expect(model.graph.nodes.size, JSON.stringify(changes)).toBe(nodesLeft);
      const again = await clean(model, { runner });
      expect(Object.values(again).every((count) => count === 0)).toBe(true);
    } finally {
      await model.close();
    }
  });
});
