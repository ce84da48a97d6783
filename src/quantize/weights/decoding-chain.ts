import type { Attribute } from '../../onnx/ir/attribute.ts';
import { Node } from '../../onnx/ir/node.ts';
import { tensorSourceOfTensor } from '../../onnx/ir/tensor-source-of-tensor.ts';
import { Value } from '../../onnx/ir/value.ts';
import { dataTypes } from '../../tensor/data-types.ts';
import type { Cut } from './grouping.ts';
import type { WeightSite } from './weight-sites.ts';

/** Metadata of a value that is decoded from a stored weight: the format's name. */
export const STORED = 'pare.stored';

/** Nodes behind one another, of which the last makes what was a constant. */
export class DecodingChain {
  readonly #site: WeightSite;
  #last: Value | undefined;

  /** @param start what the first node reads */
  constructor(site: WeightSite, start?: Value) {
    this.#site = site;
    this.#last = start;
  }

  /** Adds a node that reads what the last one made, then `inputs`. */
  append(opType: string, inputs: readonly Value[], ...attributes: (readonly [string, Attribute])[]): void {
    const { graph, value } = this.#site;
    const output = new Value(graph.freshName(`${value.name}/${opType.toLowerCase()}`));
    const all = this.#last ? [this.#last, ...inputs] : inputs;
    this.#last = graph.add(new Node({ opType, inputs: all, outputs: [output], attributes })).output;
  }

  end(format: string): void {
    const { graph, value, source } = this.#site;
    if (value.producer) graph.remove(value.producer);
    graph.removeInitializer(value);
    value.initializer = undefined;
    value.type = { kind: 'tensor', dtype: 'float', shape: source.shape };
    value.metadata.set(STORED, format);
    this.#last?.producer?.setOutputs([value]);
    graph.sort();
  }
}

/** Of a Cast. */
export function toFloat(): readonly [string, Attribute] {
  return ['to', { type: 'INT', value: BigInt(dataTypes.float.code) }];
}

/** Blocks back to the weight's shape, without what fills up the last ones. */
export function joinBlocks(chain: DecodingChain, { graph, value, source }: WeightSite, cut: Cut): void {
  const { outer, length, inner, block } = cut;
  const ints = (what: string, values: readonly number[]) => {
    const data = BigInt64Array.from(values, BigInt);
    const tensor = tensorSourceOfTensor({ dtype: 'int64', shape: [values.length], data });
    return graph.addInitializer(`${value.name}/${what}`, tensor);
  };
  if (length % block !== 0) {
    chain.append('Reshape', [ints('filled', [outer, Math.ceil(length / block) * block, inner])]);
    chain.append('Slice', [ints('starts', [0]), ints('ends', [length]), ints('axes', [1])]);
  }
  chain.append('Reshape', [ints('shape', source.shape)]);
}
