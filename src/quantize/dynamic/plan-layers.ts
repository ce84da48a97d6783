import { constantOf } from '../../onnx/constant-of.ts';
import type { Model } from '../../onnx/ir/model.ts';
import type { Node } from '../../onnx/ir/node.ts';
import type { Value } from '../../onnx/ir/value.ts';
import { subgraphDepthFirst } from '../../onnx/subgraph-depth-first.ts';
import { opOf } from '../../ops/index.ts';
import { inferTypes } from '../../ops/infer-types.ts';
import { nodeName } from '../../passes/node-name.ts';
import { pinnedValues } from '../../passes/pinned-values.ts';
import type { Target } from '../../targets/target.ts';
import { elementCount } from '../../tensor/element-count.ts';
import type { Form, LayerFacts } from './form.ts';
import { forms } from './forms.ts';

/** What a stored weight costs besides its codes and scales: two nodes, names. */
const STORING_BYTES = 256;

/** A constant weight and the axes whose indices have scales of their own. */
export interface StoredWeight {
  readonly input: number;
  readonly ownAxes: readonly number[];
}

/** What becomes of a layer. */
export interface LayerPlan {
  readonly name: string;
  readonly node: Node;
  /** How it computes in integers; undefined: in float. */
  readonly form: Form | undefined;
  /** Why it stays in float; empty where it does not. */
  readonly reason: string;
  /** Weights of a float layer to be kept in 8 bits. */
  readonly stored: readonly StoredWeight[];
}

export interface PlanChoices {
  readonly target: Target;
  readonly include: ReadonlySet<Node> | undefined;
  /** Left as they are, with the reason. */
  readonly exclude: ReadonlyMap<Node, string>;
}

/** Decides about every layer with weights, of all graphs, outer ones first. */
export async function planLayers(model: Model, choices: PlanChoices): Promise<LayerPlan[]> {
  const types = await inferTypes(model);
  const pinned = pinnedValues(model.graph);
  const plans: LayerPlan[] = [];
  for (const graph of subgraphDepthFirst(model.graph)) {
    for (const node of graph.nodes) {
      if (!isLayer(node)) continue;
      const target = choices.target.dynamic[node.opType];
      const untouched = reasonToLeave(node, choices);
      const { form, reason } =
        untouched === undefined
          ? decide(node, target && { types, pinned, target }, choices.target)
          : { form: undefined, reason: untouched };
      const stored = form || untouched !== undefined ? [] : storable(node);
      plans.push({ name: nodeName(node), node, form, reason, stored });
    }
  }
  return withoutCopies(plans, pinned);
}

/** Nodes of a weighted operator, and others whose weights take room. */
function isLayer(node: Node): boolean {
  const op = opOf(node);
  return op?.role?.kind === 'weighted' || op?.dynamic !== undefined || storable(node).length > 0;
}

function reasonToLeave(node: Node, { include, exclude }: PlanChoices): string | undefined {
  return exclude.get(node) ?? (include && !include.has(node) ? 'not included' : undefined);
}

function decide(
  node: Node,
  facts: LayerFacts | undefined,
  target: Target,
): Pick<LayerPlan, 'form' | 'reason'> {
  const kind = opOf(node)?.dynamic;
  const form = kind && forms[kind];
  const reason =
    form && facts
      ? (reasonAgainstWeights(node, form) ??
        form.reasonAgainst(node, facts) ??
        reasonAgainstGain(node, form, facts))
      : `${target.name} has no fast integer kernel for it without known ranges`;
  return reason === undefined ? { form, reason: '' } : { form: undefined, reason };
}

function reasonAgainstWeights(node: Node, { weights }: Form): string | undefined {
  for (const input of weights) {
    const source = node.inputs[input] && constantOf(node.inputs[input]);
    if (!source) return 'its weight is not a constant';
    if (source.dtype !== 'float') return `its weight is ${source.dtype}`;
    if (source.byteLength === 0) return 'its weight is empty';
  }
  return undefined;
}

function reasonAgainstGain(node: Node, form: Form, facts: LayerFacts): string | undefined {
  return form.macs(node, facts) < facts.target.minMacs ? 'too small to gain by integers' : undefined;
}

/** Weights that are smaller as codes. */
function storable(node: Node): StoredWeight[] {
  return (opOf(node)?.weights?.(node) ?? []).filter(({ input, ownAxes }) => {
    const value = node.inputs[input];
    if (!isFloatConstant(value)) return false;
    const { shape } = constantOf(value)!;
    const scales = elementCount(ownAxes.map((axis) => shape[axis]));
    return shape.length > 1 && 3 * elementCount(shape) > 4 * scales + STORING_BYTES;
  });
}

function isFloatConstant(value: Value | undefined): value is Value {
  return value !== undefined && constantOf(value)?.dtype === 'float';
}

/** A weight that somebody goes on reading as it was is not stored once more. */
function withoutCopies(plans: readonly LayerPlan[], pinned: ReadonlySet<Value>): LayerPlan[] {
  const replaced = new Map<Node, Set<number>>();
  for (const { node, form, stored } of plans)
    replaced.set(node, new Set([...(form?.weights ?? []), ...stored.map(({ input }) => input)]));
  const isFreed = (value: Value | undefined) =>
    value !== undefined &&
    !pinned.has(value) &&
    value.uses.every((use) => replaced.get(use.node)?.has(use.index));
  return plans.map((plan) => ({
    ...plan,
    stored: plan.stored.filter(({ input }) => isFreed(plan.node.inputs[input])),
  }));
}
