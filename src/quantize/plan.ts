import { constantOf } from '../onnx/constant-of.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { Value } from '../onnx/ir/value.ts';
import { opOf } from '../ops/index.ts';
import type { QuantizationRole } from '../ops/op.ts';
import type { Target } from '../targets/target.ts';

/** What becomes of a node: computed in integers, moving codes about, or left in float (with the reason why). */
export type NodeState =
  | { readonly state: 'quantized' }
  | { readonly state: 'pass' }
  | { readonly state: 'float'; readonly reason: string };

/** Which nodes compute in integers and which values are quantized; says nothing yet about grids. */
export interface Plan {
  /** Every node whose operator has a quantization role, clamps apart. */
  readonly nodes: ReadonlyMap<Node, NodeState>;
  /** Values to be wrapped in Q/DQ, in graph order. */
  readonly values: ReadonlySet<Value>;
  /** Values on the grid of another: outputs of nodes that only move elements. */
  readonly gridOf: ReadonlyMap<Value, Value>;
  /** Clamps behind a quantized layer, by the value they cut: saturation does their work where the grid allows. */
  readonly clamps: ReadonlyMap<Value, Node>;
  /** The value a node really hands on: behind its output, and the clamps that saturation replaces. */
  resultOf(node: Node): Value;
}

export interface PlanOptions {
  readonly target: Target;
  /** If given, only these nodes may be quantized. */
  readonly include?: ReadonlySet<Node> | undefined;
  /** Nodes to be left in float, with the reason. */
  readonly exclude: ReadonlyMap<Node, string>;
  /** Nodes of role `pass` known to fill in zeros where they fill in anything. */
  readonly zeroFills: ReadonlySet<Node>;
  /** On symmetric activation grids saturation cuts at −max, not at 0, so a clamp cannot be absorbed. */
  readonly symmetricActivations: boolean;
}

/** Decides what to quantize. Layers come first; what lies between quantized layers follows them. */
export function planQuantization(graph: Graph, options: PlanOptions): Plan {
  graph.sort();
  const clamps = options.symmetricActivations
    ? new Map<Value, Node>()
    : absorbableClamps(graph, options.exclude);
  const planner = new Planner(graph, options, clamps);
  for (const node of graph.nodes) planner.decide(node);
  planner.dropIdleMovers();
  return {
    nodes: planner.nodes,
    values: planner.values(),
    gridOf: planner.gridOf(),
    clamps,
    resultOf: (node) => resultOf(node, clamps),
  };
}

class Planner {
  readonly nodes = new Map<Node, NodeState>();
  readonly #graph: Graph;
  readonly #options: PlanOptions;
  readonly #clamps: ReadonlyMap<Value, Node>;
  /** Values that arrive as codes at whoever reads them. */
  readonly #coded = new Set<Value>();

  constructor(graph: Graph, options: PlanOptions, clamps: ReadonlyMap<Value, Node>) {
    this.#graph = graph;
    this.#options = options;
    this.#clamps = clamps;
  }

  decide(node: Node): void {
    const role = opOf(node)?.role;
    if (!role || role.kind === 'clamp') return;
    const reason = this.#reasonForFloat(node, role);
    if (reason !== undefined) {
      this.nodes.set(node, { state: 'float', reason });
      return;
    }
    this.nodes.set(node, { state: role.kind === 'pass' ? 'pass' : 'quantized' });
    this.#coded.add(resultOf(node, this.#clamps));
  }

  /** A mover nobody quantized reads would only move the decoding to a place where it hinders fusion. */
  dropIdleMovers(): void {
    for (const [node, { state }] of [...this.nodes].reverse()) {
      if (state !== 'pass') continue;
      const isRead = node.output.uses.some((use) => this.#isCoded(use.node));
      if (!isRead) this.nodes.set(node, { state: 'float', reason: 'nothing behind it is quantized' });
    }
  }

  values(): Set<Value> {
    const values = new Set<Value>();
    for (const [node] of this.nodes) {
      if (!this.#isCoded(node)) continue;
      for (const value of dataInputs(node)) values.add(value);
      if (!this.#options.target.kernels[node.opType]?.floatOutput) values.add(resultOf(node, this.#clamps));
    }
    return values;
  }

  gridOf(): Map<Value, Value> {
    const grids = new Map<Value, Value>();
    for (const [node, { state }] of this.nodes) {
      if (state !== 'pass') continue;
      const input = node.inputs[0]!;
      grids.set(node.output, grids.get(input) ?? input);
    }
    return grids;
  }

  #isCoded(node: Node): boolean {
    const state = this.nodes.get(node)?.state;
    return state === 'quantized' || state === 'pass';
  }

  #reasonForFloat(node: Node, role: QuantizationRole): string | undefined {
    const { target, include, exclude } = this.#options;
    const excluded = exclude.get(node);
    if (excluded !== undefined) return excluded;
    if (include && !include.has(node) && role.kind !== 'pass') return 'not included';
    if (role.kind === 'pass') return this.#reasonAgainstMover(node);
    if (!target.kernels[node.opType]) return `${target.name} has no integer kernel for it`;
    return role.kind === 'weighted'
      ? reasonAgainstLayer(node, role.weight, role.channelAxis(node))
      : this.#reasonAgainstComputed(node);
  }

  #reasonAgainstMover(node: Node): string | undefined {
    if (!this.#options.target.movers.includes(node.opType))
      return `${this.#options.target.name} moves it in float`;
    if (node.outputs.filter((value) => value).length > 1) return 'it has a second output';
    const role = opOf(node)?.role;
    if (role?.kind === 'pass' && role.fill !== undefined && node.inputs[role.fill]) {
      if (!this.#options.zeroFills.has(node)) return 'it fills in a value other than 0';
    }
    return node.inputs[0] && this.#coded.has(node.inputs[0]) ? undefined : 'its input is not quantized';
  }

  #reasonAgainstComputed(node: Node): string | undefined {
    const inputs = node.inputs.filter((value) => value !== undefined);
    if (inputs.some((value) => constantOf(value))) return 'one operand is a constant';
    if (inputs.some((value) => !this.#coded.has(value))) return 'not all of its inputs are quantized';
    return this.#graph.outputs.includes(node.output) ? 'it makes an output of the model' : undefined;
  }
}

function resultOf(node: Node, clamps: ReadonlyMap<Value, Node>): Value {
  let value = node.output;
  for (let clamp = clamps.get(value); clamp; clamp = clamps.get(value)) value = clamp.output;
  return value;
}

/** Values that carry activations into a node. */
export function dataInputs(node: Node): Value[] {
  const role = opOf(node)?.role;
  const first = role?.kind === 'computed' ? node.inputs : node.inputs.slice(0, 1);
  return first.filter((value) => value !== undefined);
}

function reasonAgainstLayer(node: Node, weight: number, channelAxis: number): string | undefined {
  const source = node.inputs[weight]?.initializer;
  if (!source) return 'its weight is not a constant';
  if (source.dtype !== 'float') return `its weight is ${source.dtype}`;
  if (source.byteLength === 0) return 'its weight is empty';
  if (source.shape.length < 2) return 'its weight is a vector';
  if (channelAxis > 1) return 'its weight is a stack of matrices';
  const bias = node.inputs[2];
  if (bias && bias.initializer?.dtype !== 'float') return 'its bias is not a float32 constant';
  const channels = source.shape[channelAxis];
  if (bias?.initializer && !equalShapes(bias.initializer.shape, [channels]))
    return 'its bias is not one number a channel';
  if ((node.float('alpha') ?? 1) !== 1 || (node.float('beta') ?? 1) !== 1)
    return 'it scales its operands (alpha, beta)';
  return node.int('transA') ? 'it transposes its data' : undefined;
}

function equalShapes(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

/** Clamps with known bounds that are the only reader of a layer's output. */
function absorbableClamps(graph: Graph, exclude: ReadonlyMap<Node, string>): Map<Value, Node> {
  const clamps = new Map<Value, Node>();
  for (const node of graph.nodes) {
    const role = opOf(node)?.role;
    const input = node.inputs[0];
    if (
      role?.kind !== 'clamp' ||
      exclude.has(node) ||
      !input?.producer ||
      graph.outputs.includes(input) ||
      input.uses.length !== 1
    )
      continue;
    const bounds = role.bounds(node);
    const isKnown = [bounds?.min, bounds?.max].every(
      (b) => b === undefined || typeof b === 'number' || constantOf(b),
    );
    if (bounds && isKnown) clamps.set(input, node);
  }
  return clamps;
}
