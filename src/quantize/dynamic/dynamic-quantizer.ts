import { cloneModel } from '../../onnx/clone-model.ts';
import type { Graph } from '../../onnx/ir/graph.ts';
import type { Model } from '../../onnx/ir/model.ts';
import type { Node } from '../../onnx/ir/node.ts';
import { subgraphDepthFirst } from '../../onnx/subgraph-depth-first.ts';
import { matchNodes } from '../../passes/match-nodes.ts';
import { nodeName } from '../../passes/node-name.ts';
import { removeDead } from '../../passes/remove-dead.ts';
import type { Target } from '../../targets/target.ts';
import type { CandidateBuilder, LayerState } from '../candidate-builder.ts';
import type { Format } from '../format.ts';
import { codeRange } from '../grid.ts';
import type { CodedWeight } from './coded-weight.ts';
import { Emitter } from './emitter.ts';
import { type LayerPlan, planLayers } from './plan-layers.ts';

export interface DynamicOptions {
  readonly target: Target;
  readonly weights: Format;
  readonly granularity: 'channel' | 'tensor';
  readonly reduceRange: boolean;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** A layer of a built model. */
export interface BuiltLayer extends LayerState {
  /** Its operator in the float model. */
  readonly opType: string;
  /** Name of its first output; empty where bodies hold it, whose values nobody else sees. */
  readonly result: string;
  /** Its weights kept in 8 bits. */
  readonly weights: readonly CodedWeight[];
}

export interface DynamicallyQuantized {
  readonly model: Model;
  readonly layers: readonly BuiltLayer[];
}

/** Builds a clean float model with integer layers whose activations are quantized when the model runs. */
export class DynamicQuantizer implements CandidateBuilder {
  readonly base: Model;
  readonly options: DynamicOptions;

  /** @param base a cleaned model with settled weights, of an operator set that has the forms' operators */
  constructor(base: Model, options: DynamicOptions) {
    this.base = base;
    this.options = options;
  }

  async describe(): Promise<LayerState[]> {
    return (await this.#plan(this.base, new Map())).map(stateOf);
  }

  async build(floatLayers: ReadonlyMap<string, string> = new Map()): Promise<DynamicallyQuantized> {
    const { granularity, weights, reduceRange } = this.options;
    const model = cloneModel(this.base);
    const plans = await this.#plan(model, floatLayers);
    const emitter = new Emitter(
      model.graph,
      granularity,
      codeRange(weights, { symmetric: true, reduceRange }),
    );
    const layers: BuiltLayer[] = [];
    for (const plan of plans) {
      const { opType, outputs, graph } = plan.node;
      const result = graph === model.graph ? (outputs[0]?.name ?? '') : '';
      layers.push({ ...stateOf(plan), opType, result, weights: await emit(plan, emitter) });
    }
    emitter.finish();
    for (const graph of subgraphDepthFirst(model.graph)) graph.sort();
    removeDead(model.graph);
    importDomains(model);
    return { model, layers };
  }

  async #plan(model: Model, floatLayers: ReadonlyMap<string, string>): Promise<LayerPlan[]> {
    const { target, include, exclude } = this.options;
    const excluded = new Map([...matchNodes(model.graph, exclude)].map((node) => [node, 'excluded']));
    for (const node of allNodes(model.graph)) {
      const reason = floatLayers.get(nodeName(node));
      if (reason !== undefined && !excluded.has(node)) excluded.set(node, reason);
    }
    const included = include.length > 0 ? matchNodes(model.graph, include) : undefined;
    return planLayers(model, { target, include: included, exclude: excluded });
  }
}

async function emit({ node, form, stored }: LayerPlan, emitter: Emitter): Promise<CodedWeight[]> {
  if (form) return form.emit(node, emitter);
  const weights: CodedWeight[] = [];
  for (const { input, ownAxes } of stored) {
    // Planned weights are constants of the node.
    const axes = emitter.granularity === 'channel' ? ownAxes : [];
    const { coded, decoded } = await emitter.stored(node.inputs[input]!, axes);
    node.setInput(input, decoded);
    weights.push(coded);
  }
  return weights;
}

function stateOf({ name, node, form, reason, stored }: LayerPlan): LayerState {
  if (form) return { name, node, state: 'quantized', reason };
  const storage = stored.length > 0 ? '; its weights are stored as int8' : '';
  return { name, node, state: 'float', reason: `${reason}${storage}` };
}

function allNodes(root: Graph): Node[] {
  return [...subgraphDepthFirst(root)].flatMap((graph) => [...graph.nodes]);
}

function importDomains(model: Model): void {
  for (const { domain } of allNodes(model.graph)) {
    // Version 1 is the only one there is of com.microsoft, the only domain written here.
    if (!model.opsetImports.has(domain)) model.opsetImports.set(domain, 1);
  }
}
