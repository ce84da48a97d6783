import { describe, expect, it } from 'vitest';
import type { Model } from '../onnx/ir/model.ts';
import type { Node } from '../onnx/ir/node.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import { readModel } from '../onnx/read/read-model.ts';
import { hasOnnxCases, onnxCases } from '../testing/onnx-cases.ts';
import { singleOperators } from '../testing/single-operators.ts';
import type { AxisLink, AxisPlace } from './axis-map.ts';
import { opOf, ops } from './index.ts';
import { inferTypes, type TypeMap } from './infer-types.ts';
import { readSmallConstants, type SmallConstants } from './small-constants.ts';

interface Verdict {
  readonly mapped: Set<string>;
  links: number;
  readonly wrong: string[];
}

/** Checks the lengths that every link of every node of the main graph names. */
async function judge(model: Model, where: string, verdict: Verdict): Promise<void> {
  const types = await inferTypes(model);
  const constants = await readSmallConstants(model.graph);
  for (const node of model.graph.nodes) {
    const op = opOf(node);
    const links = op?.axes?.(contextOf(node, types, constants));
    if (!op || !links) continue;
    verdict.mapped.add(`${op.domain}:${op.type}`);
    const length = (place: AxisPlace): number | undefined => {
      const value = (place.side === 'input' ? node.inputs : node.outputs)[place.index];
      const shape = value && types.get(value)?.shape;
      if (value && shape && (place.axis < 0 || place.axis >= shape.length)) return Number.NaN;
      const n = shape?.[place.axis];
      return value && typeof n === 'number' ? n : undefined;
    };
    for (const link of links) {
      verdict.links++;
      const fault = faultOf(link, length);
      if (fault) verdict.wrong.push(`${where}: ${node.opType}: ${fault}: ${JSON.stringify(link)}`);
    }
  }
}

function contextOf(node: Node, types: TypeMap, { integers }: SmallConstants) {
  const shapeOf = (value: Node['inputs'][number]) => value && types.get(value)?.shape;
  return {
    node,
    inputShape: (index: number) => shapeOf(node.inputs[index]),
    outputShape: (index: number) => shapeOf(node.outputs[index]),
    integers: (index: number) => {
      const value = node.inputs[index];
      return value && integers.get(value);
    },
  };
}

type LengthOf = (place: AxisPlace) => number | undefined;

/** What is wrong with a link, by the lengths of its places; unknown lengths prove nothing. */
function faultOf(link: AxisLink, length: LengthOf): string | undefined {
  const all = placesOf(link).map(length);
  if (all.some((n) => Number.isNaN(n))) return 'names an axis that is not there';
  if (all.some((n) => n === undefined)) return undefined;
  const lengths = all.filter((n) => n !== undefined);
  const product = (places: readonly AxisPlace[]) => places.reduce((n, place) => n * Number(length(place)), 1);
  const sum = (places: readonly AxisPlace[]) => places.reduce((n, place) => n + Number(length(place)), 0);
  switch (link.kind) {
    case 'same':
    case 'reduced':
      return new Set(lengths).size > 1 ? `lengths ${lengths} differ` : undefined;
    case 'concatenated':
    case 'split':
      return sum(link.parts) === length(link.whole) ? undefined : `${lengths} do not add up`;
    case 'repeated':
      return Number(length(link.part)) * link.count === length(link.whole) ? undefined : `${lengths}`;
    case 'factored':
      return product(link.from) === product(link.to) ? undefined : `products of ${lengths} differ`;
    case 'grouped':
      return lengths.every((n) => n % link.groups === 0) ? undefined : `${lengths} in ${link.groups} groups`;
    case 'picked':
      return 'list' in link.indices && link.indices.list.length !== length(link.to) ? 'count' : undefined;
    case 'mixed':
    case 'new':
      return undefined;
  }
}

function placesOf(link: AxisLink): readonly AxisPlace[] {
  if ('places' in link) return link.places;
  if ('parts' in link) return [...link.parts, link.whole];
  if (link.kind === 'picked') return [link.from, link.to];
  if (link.kind === 'repeated') return [link.part, link.whole];
  return link.kind === 'factored' ? [...link.from, ...link.to] : [link.place];
}

describe.skipIf(!hasOnnxCases)('axis maps', () => {
  it('name axes that exist and lengths that agree', { timeout: 60_000 }, async () => {
    const verdict: Verdict = { mapped: new Set(), links: 0, wrong: [] };
    for (const onnxCase of onnxCases()) {
      if (onnxCase.ort !== 'pass') continue;
      const model = await readModel(onnxCase.model);
      for (const [i, value] of model.graph.inputs.entries()) {
        const isInteger = value.type?.kind === 'tensor' && /^int(32|64)$/.test(value.type.dtype);
        const tensor = isInteger ? await onnxCase.input(i) : undefined;
        if (tensor) value.initializer = tensorSourceOfTensor(tensor);
      }
      await judge(model, onnxCase.name, verdict);
    }
    for (const { name, model } of singleOperators()) await judge(model, name, verdict);
    const withRule = ops.filter(({ axes }) => axes);
    console.log(
      `axis maps: ${verdict.links} links of ${verdict.mapped.size} of ${withRule.length} operators`,
    );
    expect(verdict.wrong).toEqual([]);
    const unseen = withRule
      .map(({ domain, type }) => `${domain}:${type}`)
      .filter((n) => !verdict.mapped.has(n));
    // ONNX Runtime has no kernel for it, so no case either.
    expect(unseen).toEqual([':Swish']);
  });
});
