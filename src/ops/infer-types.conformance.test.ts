import { describe, expect, it } from 'vitest';
import type { Node } from '../onnx/ir/node.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import type { Dimension, TensorType, ValueType } from '../onnx/ir/type.ts';
import type { Value } from '../onnx/ir/value.ts';
import { readModel } from '../onnx/read/read-model.ts';
import { hasOnnxCases, type OnnxCase, onnxCases } from '../testing/onnx-cases.ts';
import { singleOperators } from '../testing/single-operators.ts';
import { opOf, ops } from './index.ts';
import { inferTypes } from './infer-types.ts';

interface Verdict {
  /** Output types that were told in full, in part (an unknown length or shape), not at all, and wrongly. */
  full: number;
  partial: number;
  unknown: number;
  wrong: string[];
  opTypes: Set<string>;
}

/** Infers the outputs of the case's nodes from its inputs alone and compares them with what the file states. */
async function judge(onnxCase: OnnxCase, disguise: Disguise, verdict: Verdict): Promise<void> {
  const { name } = onnxCase;
  const model = await readModel(onnxCase.model);
  await makeIntegersConstant(model.graph.inputs, onnxCase);
  for (const value of model.graph.inputs) {
    const { type } = value;
    if (type?.kind !== 'tensor' || value.initializer) continue;
    value.type = { ...type, shape: type.shape?.map((n) => (typeof n === 'number' ? disguise(n) : n)) };
  }
  const known = [...model.graph.nodes].filter((node) => opOf(node)?.infer);
  const stated = new Map<Value, ValueType>();
  for (const node of model.graph.nodes) {
    for (const value of node.outputs) {
      if (!value?.type) continue;
      stated.set(value, value.type);
      value.type = undefined;
    }
  }
  const types = await inferTypes(model);
  for (const node of known) {
    verdict.opTypes.add(`${node.domain}:${node.opType}`);
    for (const value of node.outputs) {
      const expected = value && stated.get(value);
      if (value && expected?.kind === 'tensor')
        compare(`${name}: ${where(node, value)}`, expected, types.get(value), verdict);
    }
  }
}

/** Shapes, axes and pads are inputs in these cases; in real models they are constants. */
async function makeIntegersConstant(inputs: readonly Value[], onnxCase: OnnxCase): Promise<void> {
  const isInteger = ({ type }: Value) => type?.kind === 'tensor' && /^int(32|64)$/.test(type.dtype);
  for (const [i, value] of inputs.entries()) {
    const tensor = isInteger(value) ? await onnxCase.input(i) : undefined;
    if (tensor) value.initializer = tensorSourceOfTensor(tensor);
  }
}

function where(node: Node, value: Value): string {
  return `${node.opType} "${value.name}"`;
}

function compare(place: string, expected: TensorType, got: TensorType | undefined, verdict: Verdict): void {
  if (!got) {
    verdict.unknown++;
    return;
  }
  const isRankWrong = got.shape && expected.shape && got.shape.length !== expected.shape.length;
  const isLengthWrong = got.shape?.some((n, axis) => {
    const m = expected.shape?.[axis];
    // A disguised length "#5" must come out where 5 does.
    const told = typeof n === 'string' && n.startsWith('#') ? Number(n.slice(1)) : n;
    return typeof told === 'number' && typeof m === 'number' && told !== m;
  });
  if (got.dtype !== expected.dtype || isRankWrong || isLengthWrong) {
    verdict.wrong.push(`${place}: ${show(got)}, but it is ${show(expected)}`);
  } else if (!got.shape || got.shape.includes(null)) verdict.partial++;
  else verdict.full++;
}

function show({ dtype, shape }: TensorType): string {
  return `${dtype}[${shape?.map((n) => n ?? '?').join(',') ?? '…'}]`;
}

/** How an input's length is told to inference. */
type Disguise = (length: number) => Dimension;

const disguises: Record<string, { disguise: Disguise; atLeast: number }> = {
  'as they are': { disguise: (n) => n, atLeast: 910 },
  'as symbols': { disguise: (n) => (n > 1 ? `#${n}` : n), atLeast: 730 },
  'not at all': { disguise: () => null, atLeast: 165 },
};

/** Operators that neither a backend case nor `singleOperators` holds, and why. */
const WITHOUT_CASE: Readonly<Record<string, string>> = {
  ':Swish': 'ONNX Runtime 1.30 has no kernel for it',
  ':OptionalHasElement': 'its backend cases fail in ONNX Runtime; only its result is a tensor',
  ':Compress': 'its backend cases fail in ONNX Runtime',
  ':Scan': 'judged in infer-subgraphs.test.ts',
  'pare.training:': 'composites, which state their shapes and are in no file',
  'com.microsoft.nchwc:': 'layouts in blocks of the processor’s own width, made by the engine for itself',
};

/** The operators of the engine test, which compares shapes with produced ones. */
const single = new Set(
  singleOperators().flatMap(({ model }) => [...model.graph.nodes].map((n) => `${n.domain}:${n.opType}`)),
);

describe.skipIf(!hasOnnxCases)('inferTypes never tells a wrong type', () => {
  const cases = hasOnnxCases ? onnxCases().filter(({ ort }) => ort !== 'load/run error') : [];

  it.each(Object.entries(disguises))(
    'of a backend case whose input lengths are told %s',
    { timeout: 60_000 },
    async (how, { disguise, atLeast }) => {
      const verdict: Verdict = { full: 0, partial: 0, unknown: 0, wrong: [], opTypes: new Set() };
      for (const onnxCase of cases) await judge(onnxCase, disguise, verdict);
      const { full, partial, unknown, opTypes } = verdict;
      console.log(
        `shape rules of ${opTypes.size} operators, lengths ${how}: ${full} full, ${partial} partial, ${unknown} unknown`,
      );
      expect(verdict.wrong).toEqual([]);
      const uncovered = ops
        .filter(({ infer }) => infer)
        .map(({ domain, type }) => `${domain}:${type}`)
        .filter((name) => !opTypes.has(name) && !single.has(name))
        .filter((name) => !(name in WITHOUT_CASE) && !(`${name.split(':')[0]}:` in WITHOUT_CASE));
      expect(uncovered).toEqual([]);
      // A rule that stops telling shows here.
      expect(full).toBeGreaterThan(atLeast);
    },
  );
});
