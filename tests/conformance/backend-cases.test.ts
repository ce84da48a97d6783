import { afterAll, describe, expect, it } from 'vitest';
import type { Tensor } from '../../src/base/tensor.ts';
import type { Model } from '../../src/onnx/ir/model.ts';
import type { TensorType } from '../../src/onnx/ir/type.ts';
import { readModel } from '../../src/onnx/read/read-model.ts';
import { modelToBytes } from '../../src/onnx/write/write-model.ts';
import { inferTypes } from '../../src/ops/infer-types.ts';
import { clean } from '../../src/passes/clean.ts';
import { upgradeOpset } from '../../src/passes/upgrade-opset.ts';
import { ortNode } from '../../src/runtime/ort-node.ts';
import { type CaseOutcome, isClose, openedOutcome, plainOutcome } from '../../src/testing/case-outcome.ts';
import { failureOf } from '../../src/testing/failure-of.ts';
import { holdSmallInputs } from '../../src/testing/hold-small-inputs.ts';
import { hasOnnxCases, type OnnxCase, onnxCases } from '../../src/testing/onnx-cases.ts';

/** The newest operator set ONNX Runtime 1.30 takes. */
const NEWEST_OPSET = 26;

const runner = await ortNode();
const cases = hasOnnxCases ? onnxCases() : [];
const passing = cases.filter(({ ort }) => ort === 'pass');
const others = cases.filter(({ ort }) => ort !== 'pass');
const summary: string[] = [];

/** The model as pare writes it after a change. */
async function rewritten({ model: bytes }: OnnxCase, change: (model: Model) => Promise<unknown>) {
  const model = await readModel(bytes);
  await change(model);
  return modelToBytes(model);
}

/** Cleaning ends as running does where it asks the engine for constants and the engine does not take the operator set. */
async function cleaned(onnxCase: OnnxCase): Promise<Uint8Array | CaseOutcome> {
  try {
    return await rewritten(onnxCase, (model) => clean(model, { runner }));
  } catch (error) {
    return failureOf(error);
  }
}

async function outcomeOf(
  onnxCase: OnnxCase,
  bytes: Uint8Array | CaseOutcome,
  run: typeof openedOutcome,
): Promise<CaseOutcome> {
  return 'kind' in bytes ? bytes : run(runner, onnxCase, bytes);
}

/** How it ended, in one word. */
function ending(outcome: CaseOutcome): string {
  return outcome.kind === 'failed' ? outcome.code : outcome.kind;
}

function told({ name }: OnnxCase, outcome: CaseOutcome): string {
  return `${name}: ${outcome.kind === 'failed' ? `${outcome.code}: ${outcome.message}` : outcome.kind}`;
}

/** Whether two runs ended alike: with the same kind of failure, or with the same values. */
function areAlike(onnxCase: OnnxCase, a: CaseOutcome, b: CaseOutcome): boolean {
  if (a.kind === 'failed' || b.kind === 'failed') return ending(a) === ending(b);
  const names = Object.keys(a.outputs);
  return (
    names.join() === Object.keys(b.outputs).join() &&
    names.every((name) => isClose(onnxCase, b.outputs[name], a.outputs[name]))
  );
}

describe.skipIf(!hasOnnxCases)("ONNX's backend cases (skipped where ../shared/assets is absent)", () => {
  afterAll(() => console.log(`ONNX backend cases: ${summary.join('; ')}`));

  it('that ONNX Runtime passes give their values after cleaning', { timeout: 120_000 }, async () => {
    const wrong: string[] = [];
    for (const onnxCase of passing) {
      const outcome = await outcomeOf(onnxCase, await cleaned(onnxCase), openedOutcome);
      if (outcome.kind !== 'same') wrong.push(told(onnxCase, outcome));
    }
    summary.push(`${passing.length - wrong.length} of ${passing.length} keep their values when cleaned`);
    expect(wrong).toEqual([]);
    expect(passing.length).toBe(767);
  });

  it('are noticed when a value inside a sequence is wrong', async () => {
    const sequences = passing.filter(({ name }) => /_(sequence|split_to_sequence|loop16)_/.test(name));
    const endings = await Promise.all(
      sequences.map(async (onnxCase) =>
        ending(await openedOutcome(runner, withWrongOutput(onnxCase), onnxCase.model)),
      ),
    );
    expect(endings.length).toBeGreaterThan(8);
    expect(new Set(endings)).toEqual(new Set(['mismatch']));
  });

  it('that it does not pass end after cleaning as they did before', { timeout: 120_000 }, async () => {
    const changed: string[] = [];
    let uncleaned = 0;
    for (const onnxCase of others) {
      // As JavaScript sees it, which is what was recorded, and with all types let through.
      const bytes = await cleaned(onnxCase);
      if ('kind' in bytes) uncleaned++;
      for (const run of [plainOutcome, openedOutcome]) {
        const before = await run(runner, onnxCase, onnxCase.model);
        const after = await outcomeOf(onnxCase, bytes, run);
        if (!areAlike(onnxCase, before, after))
          changed.push(`${told(onnxCase, before)}, now ${ending(after)}`);
        if (run === plainOutcome && !isAsRecorded(onnxCase, after))
          changed.push(`${told(onnxCase, after)}, recorded as ${onnxCase.ort}`);
      }
    }
    summary.push(
      `${others.length - changed.length} of ${others.length} that fail or differ end as before, ${uncleaned} of them in cleaning`,
    );
    expect(changed).toEqual([]);
    expect(others.length).toBe(266);
  });

  it(`keep their values when upgraded to operator set ${NEWEST_OPSET}`, { timeout: 120_000 }, async () => {
    const wrong: string[] = [];
    const refused: string[] = [];
    let upgraded = 0;
    for (const onnxCase of passing) {
      const outcome = await upgradedOutcome(onnxCase);
      if (!outcome) continue;
      if (outcome.kind === 'failed' && outcome.code === 'cannot-upgrade-operator')
        refused.push(told(onnxCase, outcome));
      else if (outcome.kind === 'same') upgraded++;
      else wrong.push(told(onnxCase, outcome));
    }
    summary.push(`${upgraded} keep them in operator set ${NEWEST_OPSET}, ${refused.length} refused by name`);
    expect(wrong).toEqual([]);
    // Scan 8 has a batch axis that later versions lack.
    expect(refused.map((text) => text.split(':')[0])).toEqual(['node/test_scan_sum']);
    expect(upgraded).toBeGreaterThan(0);
  });

  it('have the shapes that inference tells', { timeout: 120_000 }, async () => {
    const wrong: string[] = [];
    const counts = { full: 0, partly: 0, unknown: 0 };
    for (const onnxCase of passing) {
      for (const { place, type, produced } of await inferredOutputs(onnxCase)) {
        if (!type?.shape) counts.unknown++;
        else if (type.shape.includes(null)) counts.partly++;
        else counts.full++;
        if (type && !agrees(type, produced)) wrong.push(`${place}: ${JSON.stringify(type)}, but ${produced}`);
      }
    }
    summary.push(`shapes of outputs: ${counts.full} known, ${counts.partly} partly, ${counts.unknown} not`);
    expect(wrong).toEqual([]);
    expect(counts.full).toBeGreaterThan(905);
  });
});

/** The case with the last bit pattern of its first output changed. */
function withWrongOutput(onnxCase: OnnxCase): OnnxCase {
  const outputBytes = (index: number) => {
    const bytes = onnxCase.outputBytes(index)?.slice();
    if (bytes && index === 0) bytes[bytes.length - 1] ^= 0x55;
    return bytes;
  };
  return { ...onnxCase, outputBytes };
}

/** Two of the recorded mismatches are within the tolerance here. */
function isAsRecorded({ ort }: OnnxCase, outcome: CaseOutcome): boolean {
  return (ort === 'load/run error') === (outcome.kind === 'failed');
}

/** Undefined where there is nothing to climb. */
async function upgradedOutcome(onnxCase: OnnxCase): Promise<CaseOutcome | undefined> {
  let climbed = 0;
  const climb = async (model: Model) => {
    climbed = await upgradeOpset(model, NEWEST_OPSET);
  };
  try {
    const bytes = await rewritten(onnxCase, climb);
    return climbed > 0 ? await openedOutcome(runner, onnxCase, bytes) : undefined;
  } catch (error) {
    return failureOf(error);
  }
}

interface InferredOutput {
  readonly place: string;
  readonly type: TensorType | undefined;
  readonly produced: Tensor;
}

/** Nothing the file states about outputs is believed; short inputs, which may decide shapes, are constants. */
async function inferredOutputs(onnxCase: OnnxCase): Promise<InferredOutput[]> {
  const model = await readModel(onnxCase.model);
  await holdSmallInputs(model, onnxCase);
  const types = await inferTypes(model, { ignoreStated: true });
  const outputs: InferredOutput[] = [];
  for (const [i, value] of model.graph.outputs.entries()) {
    const produced = value.type?.kind === 'tensor' ? await onnxCase.output(i) : undefined;
    if (produced)
      outputs.push({ place: `${onnxCase.name}, "${value.name}"`, type: types.get(value), produced });
  }
  return outputs;
}

function agrees(type: TensorType, { dtype, shape }: Tensor): boolean {
  if (type.dtype !== dtype) return false;
  if (!type.shape) return true;
  const fits = type.shape.every((n, axis) => typeof n !== 'number' || n === shape[axis]);
  return fits && type.shape.length === shape.length;
}
