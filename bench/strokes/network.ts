/**
 * Writes the strokes network with weights drawn from a seed, to be trained by pare: npx unrun bench/strokes/network.ts OUT.onnx
 * Two stages (28 × 28 × 32 and 14 × 14 × 48), three residual sums; average pool; one dense layer. Input pixel / 255.
 */
import { NetWriter } from '../../src/nn/net-writer.ts';
import type { Value } from '../../src/onnx/ir/value.ts';
import { writeModelFile } from '../../src/onnx/write/write-model-file.ts';

const [WIDE, DEEP, CLASSES] = [32, 48, 10];
const net = new NetWriter('strokes-cnn', 1);

const block = (index: number, x: Value, from: number, to: number) =>
  net.batchNorm(`bn${index}`, net.conv(`conv${index}`, x, { from, to, kernel: 3, bias: false }), to);
const relu = (index: number, x: Value) => net.relu(`relu${index}`, x);
const sum = (index: number, x: Value, y: Value) => relu(index, net.op(`add${index}`, 'Add', [x, y]));

let x = relu(1, block(1, net.input('pixels', ['batch', 1, 28, 28]), 1, WIDE));
x = sum(3, x, block(3, relu(2, block(2, x, WIDE, WIDE)), WIDE, WIDE));
x = sum(5, x, block(5, relu(4, block(4, x, WIDE, WIDE)), WIDE, WIDE));
x = relu(6, block(6, net.maxPool('pool5', x, 2), WIDE, DEEP));
x = sum(7, x, block(7, x, DEEP, DEEP));
const flat = net.op('flatten', 'Flatten', [net.op('average', 'GlobalAveragePool', [x])]);
await writeModelFile(net.model({ logits: net.linear('dense', flat, DEEP, CLASSES) }), process.argv[2]);
