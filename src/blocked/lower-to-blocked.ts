import { check } from '../base/check.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { Value } from '../onnx/ir/value.ts';
import { valuesRead } from '../onnx/values-read.ts';
import { compositeDomain } from '../ops/composite-ops.ts';
import { expandComposite } from '../ops/gradients/composites.ts';
import { GraphWriter } from '../ops/graph-writer.ts';
import type { TypeMap } from '../ops/infer-types.ts';
import type { SmallConstants } from '../ops/small-constants.ts';
import { BlockedValues, type EncodedWeight } from './blocked-values.ts';
import type { FormContext } from './form.ts';
import { formOf } from './forms/index.ts';
import { fuseIntoConvolutions } from './fuse-into-convolutions.ts';
import type { WeightLayout } from './weight-layouts.ts';

export interface LoweringRequest {
  /** Channels of a block, as `blockSize` finds them. */
  readonly block: number;
  readonly types: TypeMap;
  readonly constants: SmallConstants;
  /** Trained parameters with their gradients. */
  readonly gradients: ReadonlyMap<Value, Value>;
  /** Further values that are wanted though nobody reads them yet; they keep their identity. */
  readonly kept: readonly Value[];
}

/** A parameter that is read, and whose gradient is made, in a kernel's layout only. */
export interface StoredParameter {
  readonly layout: WeightLayout;
  /** What reads the parameter reads this instead, which has no producer any more. */
  readonly value: Value;
  readonly gradient: Value;
}

/**
 * Rewrites a forward and backward pass, with its composites, for ONNX Runtime's kernels on blocks of channels. Node by node in
 * order: what has a blocked form and sees maps takes it, all else stays; layouts are changed where both meet.
 * @returns the parameters that may be stored in the kernels' own layout, so that no step has to change it
 */
export function lowerToBlocked(
  graph: Graph,
  { block, types, constants, gradients, kept: others }: LoweringRequest,
): Map<Value, StoredParameter> {
  const kept = new Set([...gradients.values(), ...others]);
  graph.sort();
  const write = new GraphWriter(graph);
  // Nodes with lengths that are not known are left alone.
  const shapeOf = (value: Value) => types.get(value)?.shape as readonly number[] | undefined;
  const values = new BlockedValues(write, block, shapeOf);
  const encodedGradients = new Map<Value, EncodedWeight>();
  const isKept = (value: Value) => value.isUsed || kept.has(value) || graph.outputs.includes(value);
  const isKnown = (node: Node) =>
    [...node.inputs, ...node.outputs].every((value) =>
      value ? shapeOf(value)?.every((n) => typeof n === 'number') : true,
    );
  for (const node of [...graph.nodes]) {
    if (isKnown(node) && formOf(node)?.(contextOf(node))) {
      graph.remove(node);
      continue;
    }
    for (const value of valuesRead(node)) values.makePlain(value);
    if (node.domain === compositeDomain) expandComposite(node, write, kept);
  }
  for (const value of [...graph.outputs, ...kept]) values.makePlain(value);
  graph.sort();
  fuseIntoConvolutions(graph, { kept, constants, isMap: (value) => values.isMap(value) });
  return storedParameters(gradients, values, encodedGradients);

  function contextOf(node: Node): FormContext {
    return {
      node,
      write,
      values,
      input: (index) => present(node.inputs[index]),
      plain: (index) => {
        const value = present(node.inputs[index]);
        values.makePlain(value);
        return value;
      },
      shapeOf: (value) => present(shapeOf(value)),
      integers: (index) => constants.integers.get(present(node.inputs[index])),
      numbers: (index) => constants.floats.get(present(node.inputs[index])),
      isWanted: (index) => {
        const value = node.outputs[index];
        return value !== undefined && isKept(value);
      },
      give: (index, value) => {
        const output = node.outputs[index];
        // The engine takes identities out.
        if (output) write.op('Identity', [value]).producer!.setOutputs([output]);
      },
      giveVector: (index, filled, length) => {
        const output = node.outputs[index];
        if (!output) return;
        write.op('Identity', [values.cut(filled, length)]).producer!.setOutputs([output]);
        values.setVector(output, filled);
      },
      giveWeights: (index, weights) => {
        const output = node.outputs[index];
        if (!output) return;
        write.op('Identity', [weights.layout.decode(write, weights.encoded)]).producer!.setOutputs([output]);
        encodedGradients.set(output, weights);
      },
      giveBlocked: (index, blocked) => {
        const output = node.outputs[index];
        if (output) values.set(output, blocked);
      },
    };
  }
}

/** Those that are read and given back in the same layout and nowhere else; what changed it is taken out. */
function storedParameters(
  gradients: ReadonlyMap<Value, Value>,
  values: BlockedValues,
  encodedGradients: ReadonlyMap<Value, EncodedWeight>,
): Map<Value, StoredParameter> {
  const stored = new Map<Value, StoredParameter>();
  for (const [parameter, gradient] of gradients) {
    const own = values.encodedWeight(parameter);
    const back = encodedGradients.get(gradient);
    const isAlone = parameter.hasOneUse && !gradient.isUsed;
    if (!own || !back || !isAlone || own.layout.shape.join() !== back.layout.shape.join()) continue;
    removeBetween(parameter, own.encoded);
    removeBetween(back.encoded, gradient);
    stored.set(parameter, { layout: own.layout, value: own.encoded, gradient: back.encoded });
  }
  return stored;
}

/** Takes out the chain of nodes that makes `to` of `from`. */
function removeBetween(from: Value, to: Value): void {
  for (let value = to; value !== from; ) {
    const node = value.producer!;
    const [next] = node.inputs;
    node.graph!.remove(node);
    value = next!;
  }
}

function present<T>(value: T | undefined): T {
  check(value !== undefined, () => 'a blocked form asks for what is not there');
  return value;
}
