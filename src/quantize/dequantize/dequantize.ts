import type { Runner } from '../../base/runner.ts';
import type { LayerReport } from '../../evaluate/report.ts';
import type { Model } from '../../onnx/ir/model.ts';
import type { Node } from '../../onnx/ir/node.ts';
import { subgraphDepthFirst } from '../../onnx/subgraph-depth-first.ts';
import { removeDead } from '../../passes/remove-dead.ts';
import { removeIdentity } from '../../passes/remove-identity.ts';
import { upgradeOpset } from '../../passes/upgrade-opset.ts';
import { Dequantizer } from './dequantizer.ts';
import { cannotDequantize, cannotDequantizeFunction, nothingToDequantize } from './errors.ts';
import type { Form } from './form.ts';
import { forms } from './forms/index.generated.ts';
import { isQuantizedOperator } from './is-quantized-operator.ts';
import type { DequantizeOptions } from './options.ts';

/** A float model, with what was decoded. */
export interface DequantizeResult {
  readonly model: Model;
  /** The layers whose weights were decoded, and how these were stored. */
  readonly layers: LayerReport[];
  /** Places rewritten, by form. */
  readonly forms: Readonly<Record<string, number>>;
}

/** Clip takes its bounds as inputs since this operator set. */
const OPSET = 11;

/**
 * Turns a model with quantized or half-precision numbers into float32 operators: weights are decoded to exactly what the
 * engine computes with, rounding goes, saturation stays as the options say. Changes the given model, whose lazy tensors
 * the result reads. Throws `nothing-to-dequantize`, and `cannot-dequantize` for what is not understood.
 */
export async function dequantize(
  model: Model,
  { saturation }: DequantizeOptions,
  runner: Runner,
): Promise<DequantizeResult> {
  refuseFunctions(model);
  if (model.opset > 0 && model.opset < OPSET) await upgradeOpset(model, OPSET);
  const dequantizer = new Dequantizer(runner, saturation);
  const counts: Record<string, number> = {};
  for (const form of inOrder()) counts[form.name] = await form.rewrite(model, dequantizer);
  await removeIdentity.run(model, { runner });
  removeDead(model.graph);
  refuseRest(model);
  if (Object.values(counts).every((count) => count === 0)) throw nothingToDequantize();
  dropIdleImports(model);
  return { model, layers: layerReports(dequantizer), forms: counts };
}

/** What lowers comes before what decodes Q/DQ, which comes before what folds and widens. */
function inOrder(): Form[] {
  const all: readonly Form[] = Object.values(forms);
  const stages = ['lower', 'decode', 'fold', 'widen'] as const;
  return stages.flatMap((stage) => all.filter((form) => form.stage === stage));
}

function nodesIn({ graph }: Pick<Model, 'graph'>): Node[] {
  return [...subgraphDepthFirst(graph)].flatMap(({ nodes }) => [...nodes]);
}

function refuseFunctions({ functions }: Model): void {
  for (const { name, graph } of functions) {
    const node = nodesIn({ graph }).find(isQuantizedOperator);
    if (node) throw cannotDequantizeFunction(name, node.opType);
  }
}

function refuseRest(model: Model): void {
  const node = nodesIn(model).find(isQuantizedOperator);
  if (node) throw cannotDequantize(node, 'the operator is not known');
}

/** A domain nothing uses any more would keep engines without it from loading the model. */
function dropIdleImports(model: Model): void {
  const used = new Set([...nodesIn(model), ...model.functions.flatMap(nodesIn)].map(({ domain }) => domain));
  for (const domain of model.opsetImports.keys())
    if (domain !== '' && !used.has(domain)) model.opsetImports.delete(domain);
}

function layerReports({ layers }: Dequantizer): LayerReport[] {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  return [...byName.values()].map(({ name, opType, stored }) => ({
    name,
    opType,
    state: 'float',
    reason: `its weight was ${stored}`,
  }));
}
