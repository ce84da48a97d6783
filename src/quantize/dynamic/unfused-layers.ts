import type { Runner } from '../../base/runner.ts';
import type { Model } from '../../onnx/ir/model.ts';
import { readModel } from '../../onnx/read/read-model.ts';
import { subgraphDepthFirst } from '../../onnx/subgraph-depth-first.ts';
import { modelToBytes } from '../../onnx/write/write-model.ts';

/** Integer products (by the name of what they make) that the engine does not fuse with the scaling behind them. */
export async function unfusedLayers(model: Model, runner: Runner): Promise<string[]> {
  const { graph } = await readModel(await runner.optimize(await modelToBytes(model), 'extended'));
  return [...subgraphDepthFirst(graph)]
    .flatMap(({ nodes }) => [...nodes])
    .filter(({ opType }) => opType === 'MatMulInteger')
    .map(({ output }) => output.name);
}
