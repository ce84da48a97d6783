import type { Runner } from '../base/runner.ts';
import { Graph } from '../onnx/ir/graph.ts';
import { Model } from '../onnx/ir/model.ts';
import { Value } from '../onnx/ir/value.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import { GraphWriter } from '../ops/graph-writer.ts';
import { nchwc, nchwcDomain } from './nchwc.ts';

/**
 * How many channels the engine's kernels hold in a block on this machine: what it makes of a map of four.
 * @returns undefined where the engine has no such kernels
 */
export async function blockSize(runner: Runner): Promise<number | undefined> {
  const graph = new Graph('probe');
  const x = new Value('x', { kind: 'tensor', dtype: 'float', shape: [1, 4, 2, 2] });
  graph.inputs.push(x);
  const blocked = nchwc(new GraphWriter(graph), 'ReorderInput', [x], { channels_last: 0 });
  graph.outputs.push(blocked);
  const model = new Model(graph);
  model.opsetImports.set('', 18).set(nchwcDomain, 1);
  model.irVersion = 9;
  try {
    const session = await runner.load(await modelToBytes(model));
    const data = Float32Array.from({ length: 16 }, (_, i) => i);
    const results = await session.run({ x: { dtype: 'float', shape: [1, 4, 2, 2], data } });
    await session.close();
    return results[blocked.name].shape[1];
  } catch {
    // Engines of other makes and processors without such kernels refuse the model.
    return undefined;
  }
}
