import type { Runner } from '../base/runner.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Value } from '../onnx/ir/value.ts';
import type { TypeProto } from '../onnx/proto/onnx_pb.ts';
import { readModel } from '../onnx/read/read-model.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import { dataTypes } from '../tensor/data-types.ts';
import { type CaseValue, readCaseValue } from './case-value.ts';
import { failureOf } from './failure-of.ts';
import type { OnnxCase } from './onnx-cases.ts';
import { openBorders } from './open-borders.ts';
import { runApart } from './run-apart.ts';
import { tensorOfSource } from './tensor-of-source.ts';

/** What comes of running a model on a backend case's data. */
export type CaseOutcome =
  | { readonly kind: 'same' | 'mismatch'; readonly outputs: Readonly<Record<string, Tensor>> }
  /** `code`: of the error, which tells reading, loading and running apart. */
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

/** The case's data by the names of its model's inputs and outputs. */
interface CaseData {
  readonly given: ReadonlyMap<string, CaseValue>;
  readonly wanted: ReadonlyMap<string, CaseValue>;
}

/**
 * Runs a model file (the case's own, or what pare made of it) on the case's data. What is no tensor, or of a type that
 * JavaScript cannot hold, is let through by nodes around the graph (`openBorders`).
 */
export async function openedOutcome(
  runner: Runner,
  onnxCase: OnnxCase,
  bytes: Uint8Array,
): Promise<CaseOutcome> {
  try {
    const { given, wanted } = await dataOf(onnxCase);
    const model = await readModel(bytes);
    const { feeds, expected } = await openBorders(model, given, wanted);
    const session = await runner.load(await modelToBytes(model));
    const outputs = await session.run(feeds).finally(() => session.close());
    return { kind: areClose(onnxCase, outputs, expected) ? 'same' : 'mismatch', outputs };
  } catch (error) {
    return failureOf(error);
  }
}

/** The same without letting anything through: what a program in JavaScript sees. */
export async function plainOutcome(
  runner: Runner,
  onnxCase: OnnxCase,
  bytes: Uint8Array,
): Promise<CaseOutcome> {
  try {
    const { given, wanted } = await dataOf(onnxCase);
    const model = await readModel(bytes);
    const feeds = await tensorsOf(model.graph.inputs, given);
    if (model.graph.outputs.some(isNarrow)) return await runApart(bytes, feeds);
    const session = await runner.load(bytes);
    const outputs = await session.run(feeds).finally(() => session.close());
    const expected = await tensorsOf(model.graph.outputs, wanted);
    return { kind: areClose(onnxCase, outputs, expected) ? 'same' : 'mismatch', outputs };
  } catch (error) {
    return failureOf(error);
  }
}

async function dataOf(onnxCase: OnnxCase): Promise<CaseData> {
  const { graph } = await readModel(onnxCase.model);
  const read = (values: readonly Value[], bytesOf: (index: number) => Uint8Array | undefined) =>
    new Map(
      values.flatMap((value, i) => {
        const bytes = bytesOf(i);
        return bytes ? [[value.name, readCaseValue(bytes, typeProtoOf(value))] as const] : [];
      }),
    );
  return {
    given: read(graph.inputs, onnxCase.inputBytes),
    wanted: read(graph.outputs, onnxCase.outputBytes),
  };
}

function typeProtoOf({ type }: Value): TypeProto | undefined {
  // Types that are no tensors are carried as the messages the reader found.
  return type?.kind === 'other' ? (type.foreign as TypeProto) : undefined;
}

async function tensorsOf(
  values: readonly Value[],
  data: ReadonlyMap<string, CaseValue>,
): Promise<Record<string, Tensor>> {
  const tensors: Record<string, Tensor> = {};
  for (const { name } of values) {
    const value = data.get(name);
    if (value?.kind === 'tensor') tensors[name] = await tensorOfSource(value.tensor);
  }
  return tensors;
}

/** The engine's binding dies of outputs whose elements share bytes (research/ecosystem.md §1). */
function isNarrow({ type }: Value): boolean {
  return type?.kind === 'tensor' && type.dtype !== 'string' && dataTypes[type.dtype].bits < 8;
}

function areClose(
  onnxCase: OnnxCase,
  outputs: Readonly<Record<string, Tensor>>,
  expected: Readonly<Record<string, Tensor>>,
): boolean {
  return Object.entries(expected).every(([name, want]) => isClose(onnxCase, outputs[name], want));
}

/** |got − expected| ≤ atol + rtol · |expected|; NaN is NaN. */
export function isClose(
  { rtol, atol }: Pick<OnnxCase, 'rtol' | 'atol'>,
  got: Tensor,
  expected: Tensor,
): boolean {
  if (got.dtype !== expected.dtype || got.shape.join() !== expected.shape.join()) return false;
  return Array.from<unknown>(expected.data).every((want, i) => {
    if (typeof want === 'string') return got.data[i] === want;
    const [a, b] = [Number(got.data[i]), Number(want)];
    return Object.is(a, b) || a === b || Math.abs(a - b) <= atol + rtol * Math.abs(b);
  });
}
