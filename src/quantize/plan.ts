import { constantOf } from '../onnx/constant-of.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { Value } from '../onnx/ir/value.ts';
import { subgraphDepthFirst } from '../onnx/subgraph-depth-first.ts';
import { opOf } from '../ops/index.ts';
import type { TypeMap } from '../ops/infer-types.ts';
import type { QuantizationRole } from '../ops/op.ts';
import { nodeName } from '../passes/node-name.ts';
import type { Target } from '../targets/target.ts';
import { dataInputs } from './data-inputs.ts';
import type { Format } from './format.ts';
import { reasonAgainstLayer } from './reason-against-layer.ts';
import { reasonAgainstProduct } from './reason-against-product.ts';

const FLOATS: readonly string[] = ['float', 'double', 'float16', 'bfloat16'];

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
  /** Values that a node hands on as codes, with their format. */
  readonly codedAs: ReadonlyMap<Value, Format>;
  /** The format in which a quantized or moving node wants its data, at that input. */
  formatAt(node: Node, input: number): Format;
  /** The value a node really hands on: behind its output, and the clamps that saturation replaces. */
  resultOf(node: Node): Value;
}

export interface PlanOptions {
  readonly target: Target;
  /** What is known of the values. */
  readonly types: TypeMap;
  /** The format each node is to compute in. */
  formatOf(node: Node): Format;
  /** The format of a right factor that is data, in a product computed in the given one. */
  rightFormat(node: Node, left: Format): Format;
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
  planner.reportBodies();
  return {
    nodes: planner.nodes,
    values: planner.values(),
    gridOf: planner.gridOf(),
    clamps,
    codedAs: planner.coded,
    formatAt: (node, input) => planner.formatAt(node, input),
    resultOf: (node) => resultOf(node, clamps),
  };
}

class Planner {
  readonly nodes = new Map<Node, NodeState>();
  readonly #graph: Graph;
  readonly #options: PlanOptions;
  readonly #clamps: ReadonlyMap<Value, Node>;
  /** Values that arrive as codes at whoever reads them. */
  readonly coded = new Map<Value, Format>();

  constructor(graph: Graph, options: PlanOptions, clamps: ReadonlyMap<Value, Node>) {
    this.#graph = graph;
    this.#options = options;
    this.#clamps = clamps;
  }

  decide(node: Node): void {
    const role = opOf(node)?.role;
    if (!role || role.kind === 'clamp' || this.#reckonsWithIntegers(node, role)) return;
    const reason = this.#reasonForFloat(node, role);
    if (reason !== undefined) {
      this.nodes.set(node, { state: 'float', reason });
      return;
    }
    this.nodes.set(node, { state: role.kind === 'pass' ? 'pass' : 'quantized' });
    const format = this.formatAt(node, 0);
    for (const value of this.#results(node)) this.coded.set(value, format);
  }

  /** A mover works in the format its data arrive in. */
  formatAt(node: Node, input: number): Format {
    const { formatOf, rightFormat } = this.#options;
    const value = node.inputs[input];
    const role = opOf(node)?.role;
    const arriving = value && this.coded.get(value);
    if (role?.kind === 'pass' && arriving) return arriving;
    const own = formatOf(node);
    // Recoding what is coded already would cost more than the faster kernel gains.
    return role?.kind === 'weighted' && input === role.weight && !arriving ? rightFormat(node, own) : own;
  }

  /** A mover nobody quantized reads would only move the decoding to a place where it hinders fusion. */
  dropIdleMovers(): void {
    for (const [node, { state }] of [...this.nodes].reverse()) {
      if (state !== 'pass') continue;
      const isRead = node.outputs.some((value) => value?.uses.some((use) => this.#isCoded(use.node)));
      if (isRead) continue;
      this.nodes.set(node, { state: 'float', reason: 'nothing behind it is quantized' });
      for (const value of this.#results(node)) this.coded.delete(value);
    }
  }

  /** Layers of bodies stay float: what is observed are values of the main graph, once a sample. */
  reportBodies(): void {
    for (const body of subgraphDepthFirst(this.#graph)) {
      if (!body.owner || body === this.#graph) continue;
      const place = `${body.owner.opType} "${nodeName(body.owner)}"`;
      const reason = `it is in a body of ${place}: --mode dynamic or weights quantizes there, and pare clean --fix takes out branches that never run`;
      for (const node of body.nodes)
        if (opOf(node)?.role?.kind === 'weighted') this.nodes.set(node, { state: 'float', reason });
    }
  }

  values(): Set<Value> {
    const values = new Set<Value>();
    for (const [node] of this.nodes) {
      if (!this.#isCoded(node)) continue;
      for (const value of dataInputs(node)) values.add(value);
      if (!this.#options.target.kernels[node.opType]?.floatOutput)
        for (const value of this.#results(node)) values.add(value);
    }
    return values;
  }

  gridOf(): Map<Value, Value> {
    const grids = new Map<Value, Value>();
    for (const [node, { state }] of this.nodes) {
      if (state !== 'pass') continue;
      const input = node.inputs[0]!;
      for (const value of this.#results(node)) grids.set(value, grids.get(input) ?? input);
    }
    return grids;
  }

  /** What a node hands on: of movers all outputs, else the first, behind its clamps. */
  #results(node: Node): Value[] {
    const role = opOf(node)?.role;
    if (role?.kind === 'pass') return node.outputs.filter((value) => value !== undefined);
    return [resultOf(node, this.#clamps)];
  }

  #isCoded(node: Node): boolean {
    const state = this.nodes.get(node)?.state;
    return state === 'quantized' || state === 'pass';
  }

  /** Arithmetic of shapes and indices is no candidate. */
  #reckonsWithIntegers(node: Node, { kind }: QuantizationRole): boolean {
    if (kind !== 'pass' && kind !== 'computed') return false;
    const type = node.outputs[0] && this.#options.types.get(node.outputs[0]);
    return type !== undefined && !FLOATS.includes(type.dtype);
  }

  #reasonForFloat(node: Node, role: QuantizationRole): string | undefined {
    const { target, types, include, exclude } = this.#options;
    const excluded = exclude.get(node);
    if (excluded !== undefined) return excluded;
    if (role.kind === 'float') return role.reason;
    if (include && !include.has(node) && role.kind !== 'pass') return 'not included';
    if (role.kind === 'pass') return this.#reasonAgainstMover(node, role);
    const kernel = target.kernels[node.opType];
    if (!kernel) return `${target.name} has no integer kernel for it`;
    const loss = kernel.loses?.(node);
    if (loss !== undefined) return loss;
    if (role.kind !== 'weighted') return this.#reasonAgainstComputed(node);
    const weight = node.inputs[role.weight];
    if (role.takesData && weight && !constantOf(weight)) return reasonAgainstProduct(node, types, target);
    return reasonAgainstLayer(node, role.weight, role.channelAxis(node));
  }

  #reasonAgainstMover(node: Node, role: QuantizationRole & { kind: 'pass' }): string | undefined {
    const { target, zeroFills } = this.#options;
    const facts = Object.hasOwn(target.movers, node.opType) ? target.movers[node.opType] : undefined;
    if (!facts) return `${target.name} moves it in float`;
    const reason = role.refuses?.(node) ?? facts.loses?.(node);
    if (reason !== undefined) return reason;
    if (!role.movesToAll && node.outputs.filter((value) => value).length > 1) return 'it has a second output';
    if (role.fill !== undefined && node.inputs[role.fill] && !zeroFills.has(node))
      return 'it fills in a value other than 0';
    const data = node.inputs[0];
    if (data && constantOf(data))
      return 'it takes from a table of constants, which --mode weights stores in fewer bits';
    const format = data && this.coded.get(data);
    if (!format) return 'its input is not quantized';
    const isWide = !target.integerFormats.includes(format.name);
    return isWide && !facts.isWide ? `${target.name} does not move ${format.name} codes` : undefined;
  }

  #reasonAgainstComputed(node: Node): string | undefined {
    const inputs = dataInputs(node);
    if (inputs.some((value) => constantOf(value))) return 'one operand is a constant';
    if (inputs.some((value) => !this.coded.has(value))) return 'not all of its inputs are quantized';
    return this.#graph.outputs.includes(node.output) ? 'it makes an output of the model' : undefined;
  }
}

function resultOf(node: Node, clamps: ReadonlyMap<Value, Node>): Value {
  let value = node.output;
  for (let clamp = clamps.get(value); clamp; clamp = clamps.get(value)) value = clamp.output;
  return value;
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
