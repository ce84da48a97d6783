import type { Runner } from '../base/runner.ts';
import { Graph } from '../onnx/ir/graph.ts';
import { Model } from '../onnx/ir/model.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import { arm64 } from './arm64.ts';
import type { Target } from './target.ts';
import { x64 } from './x64.ts';
import { x64Vnni } from './x64-vnni.ts';

/** Depth of the probing product: enough for the engine's vector kernels. */
const DEPTH = 64;

/** The target this engine on this processor is. @param architecture as Node's `process.arch` names it */
export async function detectTarget(runner: Runner, architecture: string): Promise<Target> {
  if (architecture === 'arm64') return arm64;
  return (await saturates(runner)) ? x64 : x64Vnni;
}

/**
 * Processors without VNNI add pairs of uint8 × int8 products in 16 bits: 2 · 255 · 127 = 64,770 is cut to 32,767. A
 * product of extreme values on the engine itself shows which kernel runs.
 */
async function saturates(runner: Runner): Promise<boolean> {
  const graph = new Graph('probe');
  const a = graph.addInitializer(
    'a',
    tensorSourceOfTensor({ dtype: 'uint8', shape: [1, DEPTH], data: new Uint8Array(DEPTH).fill(255) }),
  );
  const b = graph.addInitializer(
    'b',
    tensorSourceOfTensor({ dtype: 'int8', shape: [DEPTH, 1], data: new Int8Array(DEPTH).fill(127) }),
  );
  graph.outputs = [
    graph.addNode({
      opType: 'MatMulInteger',
      inputs: [a, b],
      outputName: 'y',
      outputType: { kind: 'tensor', dtype: 'int32', shape: [1, 1] },
    }),
  ];
  const model = new Model(graph);
  model.opsetImports.set('', 13);
  const session = await runner.load(await modelToBytes(model), { level: 'disabled' });
  try {
    const { y } = await session.run({});
    return Number(y.data[0]) !== DEPTH * 255 * 127;
  } finally {
    await session.close();
  }
}
