import type { Value } from '../onnx/ir/value.ts';
import type { TrainingDefaults } from './net.ts';
import type { NetWriter } from './net-writer.ts';

interface BlockFacts {
  readonly from: number;
  readonly to: number;
  readonly stride: number;
}

/** relu(x' + F(x)), F two 3 × 3 convolutions; x' is x, or a 1 × 1 convolution of it where shapes differ (He et al. 2016). */
function basicBlock(net: NetWriter, name: string, x: Value, { from, to, stride }: BlockFacts): Value {
  const first = net.conv(`${name}.conv1`, x, { from, to, kernel: 3, stride, bias: false });
  const middle = net.relu(`${name}.relu1`, net.batchNorm(`${name}.bn1`, first, to));
  const second = net.conv(`${name}.conv2`, middle, { from: to, to, kernel: 3, bias: false });
  const branch = net.batchNorm(`${name}.bn2`, second, to);
  const isSame = from === to && stride === 1;
  const shortcut = isSame
    ? x
    : net.batchNorm(
        `${name}.shortcut.bn`,
        net.conv(`${name}.shortcut`, x, { from, to, kernel: 1, stride, pad: 0, bias: false }),
        to,
      );
  return net.relu(`${name}.relu2`, net.op(`${name}.add`, 'Add', [branch, shortcut]));
}

/** Stages of basic blocks behind a 3 × 3 convolution, and class scores; every stage but the first halves the map. */
export function residualNet(
  net: NetWriter,
  { widths, blocks, classes }: { widths: readonly number[]; blocks: number; classes: number },
): Value {
  const input = net.input('input', ['N', 3, 32, 32]);
  const stem = net.conv('conv1', input, { from: 3, to: widths[0], kernel: 3, bias: false });
  let x = net.relu('relu1', net.batchNorm('bn1', stem, widths[0]));
  let from = widths[0];
  for (const [stage, to] of widths.entries()) {
    for (let block = 0; block < blocks; block++) {
      const stride = stage > 0 && block === 0 ? 2 : 1;
      x = basicBlock(net, `layer${stage + 1}.${block}`, x, { from, to, stride });
      from = to;
    }
  }
  return net.linear('fc', net.poolAll('pool', x), from, classes);
}

export function residualTraining(epochs: number): TrainingDefaults {
  return {
    epochs,
    batch: 64,
    optimizer: 'sgd',
    rate: 0.1,
    schedule: 'one-cycle',
    weightDecay: 5e-4,
    augment: ['flip', 'crop'],
  };
}
