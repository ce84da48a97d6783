import { sampleIndices } from '../../data/sample-indices.ts';
import type { LayerReport, Warning } from '../../evaluate/report.ts';
import type { Model } from '../../onnx/ir/model.ts';
import type { Node } from '../../onnx/ir/node.ts';
import type { Value } from '../../onnx/ir/value.ts';
import { halfInputs } from '../../ops/half-inputs.ts';
import { nodeName } from '../../passes/node-name.ts';
import type { QuantizeContext } from '../mode.ts';
import { decodingNodes } from '../weights/decode-at-load.ts';
import { convertToHalf } from './convert-to-half.ts';
import { rangeOfConstants } from './range-of-constants.ts';
import { valuesBeyondHalf } from './values-beyond-half.ts';

export interface HalfOptions {
  /** Samples of the data, if there are any, that ranges are looked for on. */
  readonly samples: number;
  /** Why the user wants a node to stay in float32; undefined where not. */
  reasonByPattern(node: Node): string | undefined;
}

/**
 * Lets the model compute in float16 where the operators may, the patterns let it, and no constant or, with samples, no
 * value exceeds float16's range. Gives a report of each node that stays in float32 although its operator may.
 */
export async function computeInHalf(
  model: Model,
  { samples, reasonByPattern }: HalfOptions,
  { data, runner, seed, threads, signal, onProgress }: QuantizeContext,
): Promise<{ layers: LayerReport[]; warnings: Warning[] }> {
  const decoding = decodingNodes(model.graph);
  const { tooLarge, cut } = await rangeOfConstants(model.graph);
  const run = { runner, threads, signal, onProgress };
  const beyond = data
    ? await valuesBeyondHalf(model, {
        ...run,
        dataset: data,
        indices: sampleIndices(data.length, samples, seed),
      })
    : new Set<string>();
  const reasonAgainst = (node: Node): string | undefined => {
    if (decoding.has(node)) return 'it decodes a weight';
    const byPattern = reasonByPattern(node);
    if (byPattern !== undefined) return byPattern;
    const values = [...node.inputs, ...node.outputs].filter((value) => value !== undefined);
    const large = values.find((value) => tooLarge.has(value));
    if (large) return `its constant "${large.name}" exceeds float16`;
    return values.some(({ name }) => beyond.has(name))
      ? 'its values exceed float16 on the samples'
      : undefined;
  };
  const { float, narrowed } = await convertToHalf(model, reasonAgainst);
  const kept = [...float].filter(([node]) => !decoding.has(node) && halfInputs(node));
  return {
    layers: kept.map(([node, reason]) => ({
      name: nodeName(node),
      opType: node.opType,
      state: 'float',
      reason: `computed in float32: ${reason}`,
    })),
    warnings: [...cut].filter((value) => narrowed.has(value)).map(cutWarning),
  };
}

function cutWarning({ name }: Value): Warning {
  const message = 'Numbers of this constant beyond float16’s range became its ends.';
  return { code: 'constant-cut', where: name, message };
}
