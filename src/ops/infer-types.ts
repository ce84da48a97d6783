import type { Graph } from '../onnx/ir/graph.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { Dimension, TensorType } from '../onnx/ir/type.ts';
import type { Value } from '../onnx/ir/value.ts';
import { opOf } from './index.ts';
import type { InferenceContext, TensorTypes } from './op.ts';
import { readSmallConstants, type SmallConstants } from './small-constants.ts';

/** Shape arithmetic reckons with lists of lengths; longer ones are data. */
const MAX_ELEMENTS = 256;

/** Types by value, as far as the file states them or the operators' shape rules tell. */
export type TypeMap = ReadonlyMap<Value, TensorType>;

/** What is known of values before running. */
export interface ValueFacts {
  readonly types: TypeMap;
  /** Elements of short vectors and scalars of integers that nodes reckon from shapes; single ones may be unknown. */
  readonly elements: ReadonlyMap<Value, readonly Dimension[]>;
}

export interface InferOptions {
  /**
   * Leaves out what the file states about values between graph inputs and nodes. Exporters, and people who edit a batch
   * size, leave such statements stale: whoever bakes a shape into the model must not believe them. Default false.
   */
  ignoreStated?: boolean;
}

/**
 * Infers the types of all values of the main graph and of the bodies of its nodes (If, Loop, Scan), which see the values
 * around them. Calls of the model's own functions are unknown operators: what the file states of their outputs counts.
 */
export async function inferTypes(model: Model, options: InferOptions = {}): Promise<TypeMap> {
  return (await inferFacts(model, options)).types;
}

/** The same, with the elements of shape arithmetic. */
export async function inferFacts(
  model: Model,
  { ignoreStated = false }: InferOptions = {},
): Promise<ValueFacts> {
  const inference = new Inference(model.opset, await readSmallConstants(model.graph), ignoreStated);
  for (const value of model.graph.inputs) inference.note(value, undefined);
  inference.inferGraph(model.graph);
  return inference;
}

class Inference implements ValueFacts {
  readonly types = new Map<Value, TensorType>();
  readonly elements = new Map<Value, readonly Dimension[]>();
  readonly #sequences = new Map<Value, TensorTypes>();
  readonly #opset: number;
  readonly #constants: SmallConstants;
  readonly #ignoreStated: boolean;

  constructor(opset: number, constants: SmallConstants, ignoreStated: boolean) {
    this.#opset = opset;
    this.#constants = constants;
    this.#ignoreStated = ignoreStated;
  }

  inferGraph(graph: Graph): void {
    for (const value of graph.initializers) this.note(value, undefined);
    graph.sort();
    for (const node of graph.nodes) this.#inferNode(node);
  }

  /** What was inferred counts more than what the file says, which exporters often leave stale; gaps fill each other. */
  note(value: Value, inferred: TensorType | undefined): void {
    const stated = value.type?.kind === 'tensor' ? value.type : undefined;
    const best = inferred ?? stated;
    if (!best) return;
    const other = best === inferred ? stated?.shape : undefined;
    const shape = best.shape?.map(
      (n, i) => n ?? (other?.length === best.shape?.length ? (other?.[i] ?? null) : null),
    );
    this.types.set(value, { ...best, shape: shape ?? other });
  }

  #inferNode(node: Node): void {
    const op = opOf(node);
    const context = this.#contextOf(node);
    for (const [name, attribute] of node.attributes) {
      if (attribute.type !== 'GRAPH') continue;
      const given = op?.bodyInputs?.(context, name) ?? [];
      for (const [i, value] of attribute.value.inputs.entries()) this.#settle(value, given[i]);
      this.inferGraph(attribute.value);
    }
    const inferred = op?.infer?.(context) ?? [];
    for (const [index, value] of node.outputs.entries()) if (value) this.#settle(value, inferred[index]);
    if (op?.elements) this.#noteElements(node, op.elements(context));
    const sequence = op?.sequence?.(context);
    if (sequence && node.outputs[0]) this.#sequences.set(node.outputs[0], sequence);
  }

  #settle(value: Value, type: TensorType | undefined): void {
    if (!this.#ignoreStated) this.note(value, type);
    else if (type) this.types.set(value, type);
  }

  /** Lists and single numbers only: in tensors of more axes the order of elements is another matter. */
  #noteElements(node: Node, elements: readonly Dimension[] | undefined): void {
    const [value] = node.outputs;
    const rank = value && this.types.get(value)?.shape?.length;
    if (!value || !elements || rank === undefined || rank > 1 || elements.length > MAX_ELEMENTS) return;
    this.elements.set(value, elements);
  }

  #contextOf(node: Node): InferenceContext {
    const dims = (index: number): readonly Dimension[] | undefined => {
      const value = node.inputs[index];
      if (!value) return undefined;
      const constant = this.#constants.integers.get(value);
      if (!constant) return this.elements.get(value);
      return (this.types.get(value)?.shape?.length ?? 0) <= 1 ? constant : undefined;
    };
    return {
      node,
      opset: this.#opset,
      type: (index) => at(this.types, node.inputs[index]),
      dims,
      integers: (index) => at(this.#constants.integers, node.inputs[index]) ?? onlyNumbers(dims(index)),
      numbers: (index) => at(this.#constants.floats, node.inputs[index]),
      sequence: (index) => at(this.#sequences, node.inputs[index]),
      integerOf: (name) => {
        const attribute = node.attributes.get(name);
        return attribute?.type === 'TENSOR' ? this.#constants.attributes.get(attribute.value) : undefined;
      },
      bodyOutput: (attribute, output) => {
        const body = node.attributes.get(attribute);
        return body?.type === 'GRAPH' ? at(this.types, body.value.outputs[output]) : undefined;
      },
    };
  }
}

function at<T>(map: ReadonlyMap<Value, T>, value: Value | undefined): T | undefined {
  return value && map.get(value);
}

function onlyNumbers(dims: readonly Dimension[] | undefined): readonly number[] | undefined {
  // Narrowed by the check of every element.
  return dims?.every((n) => typeof n === 'number') ? (dims as readonly number[]) : undefined;
}
