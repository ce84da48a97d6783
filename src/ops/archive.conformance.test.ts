import { describe, expect, it } from 'vitest';
import type { Tensor } from '../base/tensor.ts';
import type { Model } from '../onnx/ir/model.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import { readModel } from '../onnx/read/read-model.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import { clean } from '../passes/clean.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { hasOnnxCases, type OnnxCase, onnxCases } from '../testing/onnx-cases.ts';
import { inferTypes } from './infer-types.ts';

const runner = await ortNode();
const cases = hasOnnxCases ? onnxCases() : [];

/** `loads`: inputs or outputs are sequences or optional values, which cannot be handed to the engine from JavaScript. */
type Outcome = 'same' | 'mismatch' | 'load/run error' | 'loads';

/** What comes of the case when it is read, cleaned, written and run; the untouched file is run without `isCleaned`. */
async function outcomeOf(onnxCase: OnnxCase, isCleaned = true): Promise<Outcome> {
  const model = await readModel(onnxCase.model);
  const hasForeign = [...model.graph.inputs, ...model.graph.outputs].some((v) => v.type?.kind !== 'tensor');
  let outputs: Record<string, Tensor>;
  try {
    if (isCleaned) await clean(model, { runner });
    const session = await runner.load(await modelToBytes(model));
    try {
      if (hasForeign) return 'loads';
      outputs = await session.run(await feedsOf(onnxCase, model));
    } finally {
      await session.close();
    }
  } catch {
    // That it fails is the record; the engine's words differ from build to build.
    return 'load/run error';
  }
  return (await differs(onnxCase, model, outputs)) ? 'mismatch' : 'same';
}

async function feedsOf(onnxCase: OnnxCase, model: Model): Promise<Record<string, Tensor>> {
  const feeds: Record<string, Tensor> = {};
  for (const [i, value] of model.graph.inputs.entries()) {
    const tensor = await onnxCase.input(i);
    if (tensor) feeds[value.name] = tensor;
  }
  return feeds;
}

async function differs(onnxCase: OnnxCase, model: Model, outputs: Record<string, Tensor>): Promise<boolean> {
  for (const [i, value] of model.graph.outputs.entries()) {
    const expected = await onnxCase.output(i);
    if (expected && !isClose(onnxCase, outputs[value.name], expected)) return true;
  }
  return false;
}

function isClose({ rtol, atol }: OnnxCase, got: Tensor, expected: Tensor): boolean {
  if (got.dtype !== expected.dtype || got.shape.join() !== expected.shape.join()) return false;
  return Array.from<unknown>(expected.data).every((want, i) => {
    if (typeof want === 'string') return got.data[i] === want;
    const [a, b] = [Number(got.data[i]), Number(want)];
    return Object.is(a, b) || a === b || Math.abs(a - b) <= atol + rtol * Math.abs(b);
  });
}

/** Two of the recorded mismatches agree by the rule used here: such a case must do what its untouched file does. */
async function isAsRecorded(onnxCase: OnnxCase, outcome: Outcome): Promise<boolean> {
  if (onnxCase.ort === 'pass') return outcome === 'same' || outcome === 'loads';
  return outcome === onnxCase.ort || outcome === (await outcomeOf(onnxCase, false));
}

describe.skipIf(!hasOnnxCases)('the ONNX backend cases', () => {
  it('do after cleaning what they did before', { timeout: 120_000 }, async () => {
    const counts: Record<string, number> = {};
    const changed: string[] = [];
    for (const onnxCase of cases) {
      const outcome = await outcomeOf(onnxCase);
      const key = `${onnxCase.ort} → ${outcome}`;
      counts[key] = (counts[key] ?? 0) + 1;
      if (!(await isAsRecorded(onnxCase, outcome))) changed.push(`${onnxCase.name}: ${key}`);
    }
    console.log(`backend cases read, cleaned, written and run: ${JSON.stringify(counts)}`);
    expect(changed).toEqual([]);
    // Sequences and optional values among the cases that pass.
    expect(counts['pass → loads'] ?? 0).toBeLessThan(20);
  });

  it('give the shapes that inference tells', { timeout: 60_000 }, async () => {
    const wrong: string[] = [];
    const counts = { full: 0, partial: 0, unknown: 0 };
    for (const onnxCase of cases) {
      if (onnxCase.ort !== 'pass') continue;
      const model = await readModel(onnxCase.model);
      for (const [i, value] of model.graph.inputs.entries()) {
        const isTensor = value.type?.kind === 'tensor' && /^int(32|64)$/.test(value.type.dtype);
        const tensor = isTensor ? await onnxCase.input(i) : undefined;
        if (tensor) value.initializer = tensorSourceOfTensor(tensor);
      }
      const types = await inferTypes(model, { ignoreStated: true });
      for (const [i, value] of model.graph.outputs.entries()) {
        if (value.type?.kind !== 'tensor') continue;
        const produced = await onnxCase.output(i);
        const told = types.get(value);
        if (!produced) continue;
        if (!told?.shape) counts.unknown++;
        else if (told.shape.includes(null)) counts.partial++;
        else counts.full++;
        if (told && !agrees(told, produced))
          wrong.push(
            `${onnxCase.name}: ${value.name}: ${JSON.stringify(told.shape)} but ${produced.dtype} ${produced.shape}`,
          );
      }
    }
    console.log(`inferred against produced shapes: ${JSON.stringify(counts)}`);
    expect(wrong).toEqual([]);
  });
});

function agrees(
  told: { dtype: string; shape: readonly (number | string | null)[] | undefined },
  { dtype, shape }: Tensor,
): boolean {
  if (told.dtype !== dtype) return false;
  if (!told.shape) return true;
  const fits = told.shape.every((n, axis) => typeof n !== 'number' || n === shape[axis]);
  return fits && told.shape.length === shape.length;
}
