import { lookup } from '../base/lookup.ts';
import type { Observer, Range } from '../observe/observer.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import { opOf } from '../ops/index.ts';
import { matchNodes } from '../passes/match-nodes.ts';
import { isProductOfData } from './data-inputs.ts';
import type { Format } from './format.ts';
import { formats } from './formats/index.generated.ts';
import { observerOf } from './observer-of.ts';
import type { Override } from './overrides.ts';
import type { Plan } from './plan.ts';

/** How one node is quantized. */
export interface Settings {
  readonly weights: Format;
  readonly granularity: 'channel' | 'tensor';
  /** Format it computes in and hands on. */
  readonly activations: Format;
  /** Whether the grid of what it hands on is centred on zero. */
  readonly symmetric: boolean;
  /** The range of what it hands on, where it is not to be observed. */
  readonly range?: Range;
  /** Makes the observer of what it hands on. */
  readonly createObserver: () => Observer;
}

interface Rule {
  readonly override: Override;
  readonly nodes: ReadonlySet<Node>;
}

/** The settings of each node of one graph: the general ones, and in order the overrides that match it. */
export class LayerSettings {
  readonly #general: Settings;
  readonly #rules: readonly Rule[];

  /** Throws `pattern-without-match`. */
  constructor(graph: Graph, general: Settings, overrides: readonly Override[]) {
    this.#general = general;
    this.#rules = overrides.map((override) => ({ override, nodes: matchNodes(graph, [override.match]) }));
  }

  /** @param nodes a node, and those whose work it may come to do as well */
  of(...nodes: readonly Node[]): Settings {
    let settings = this.#general;
    for (const { override, nodes: matched } of this.#rules)
      if (nodes.some((node) => matched.has(node))) settings = { ...settings, ...settingsOf(override) };
    return settings;
  }

  /** Nodes that an override leaves in float. */
  floatNodes(): Map<Node, string> {
    const nodes = new Map<Node, string>();
    for (const { override, nodes: matched } of this.#rules)
      if (override.float)
        for (const node of matched) nodes.set(node, `left in float by override ${override.match}`);
    return nodes;
  }

  /** Patterns of overrides that match only nodes to which nothing they say applies. */
  withoutEffect(plan: Plan): string[] {
    return this.#rules
      .filter(({ override, nodes }) => ![...nodes].some((node) => concerns(override, node, plan)))
      .map(({ override }) => override.match);
  }
}

function settingsOf({
  weights,
  activations,
  granularity,
  observer,
  symmetric,
  range,
}: Override): Partial<Settings> {
  return {
    ...(weights !== undefined && { weights: lookup<Format>(formats, weights, 'format') }),
    ...(activations !== undefined && { activations: lookup<Format>(formats, activations, 'format') }),
    ...(granularity !== undefined && { granularity }),
    ...(observer !== undefined && { createObserver: observerOf(observer) }),
    ...(symmetric !== undefined && { symmetric }),
    ...(range !== undefined && { range: { min: range[0], max: range[1] } }),
  };
}

function concerns(override: Override, node: Node, plan: Plan): boolean {
  const { weights, activations, granularity, float, ...handedOn } = override;
  const state = plan.nodes.get(node)?.state;
  if (float) return state !== undefined;
  const isLayer = opOf(node)?.role?.kind === 'weighted' && !isProductOfData(node);
  if (state === 'quantized' && activations !== undefined) return true;
  if (state === 'quantized' && isLayer && (weights ?? granularity) !== undefined) return true;
  const { match: _, ...ofValues } = handedOn;
  return Object.keys(ofValues).length > 0 && node.outputs.some((value) => value && isObserved(value, plan));
}

/** Also what a clamp behind the layer hands on. */
function isObserved(value: NonNullable<Node['outputs'][number]>, plan: Plan): boolean {
  const clamp = plan.clamps.get(value);
  return (
    (plan.values.has(value) && !plan.gridOf.has(value)) ||
    (clamp !== undefined && isObserved(clamp.output, plan))
  );
}
