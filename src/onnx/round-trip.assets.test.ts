import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { assetsFolder } from '../testing/assets-folder.ts';
import { brokenLinks } from '../testing/broken-links.ts';
import { describeDifferences } from '../testing/describe-differences.ts';
import { hasOnnxCases } from '../testing/onnx-cases.ts';
import { readTarGz } from '../testing/read-tar-gz.ts';
import { readModel } from './read/read-model.ts';
import { readModelFile } from './read/read-model-file.ts';
import { subgraphDepthFirst } from './subgraph-depth-first.ts';
import { parseModel } from './text/parse-model.ts';
import { printModel } from './text/print-model.ts';
import { modelToBytes } from './write/write-model.ts';

const folder = join(assetsFolder, 'onnx');
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.onnx')) : [];

/** The model files of all backend cases, by name. */
function caseModels(): [string, Uint8Array][] {
  const files = readTarGz(join(assetsFolder, 'conformance/onnx-cases.tar.gz'));
  return [...files].filter(([name]) => name.endsWith('.onnx'));
}

/** What is wrong with a model's way through its bytes and back; [] where nothing is. */
async function roundTripProblems(bytes: Uint8Array): Promise<string[]> {
  const model = await readModel(bytes);
  const written = await modelToBytes(model);
  const again = await readModel(written);
  const problems = [...brokenLinks(again.graph), ...(await describeDifferences(model, again))];
  if (!Buffer.from(await modelToBytes(again)).equals(Buffer.from(written)))
    problems.push('bytes are not stable');
  return problems;
}

describe.skipIf(files.length === 0)('real models (skipped where ../shared/assets is absent)', () => {
  test.each(files)('%s survives bytes and back, from memory and from disk', async (name) => {
    const bytes = new Uint8Array(readFileSync(join(folder, name)));
    expect(await roundTripProblems(bytes)).toEqual([]);
    const fromDisk = await readModelFile(join(folder, name));
    expect(await describeDifferences(await readModel(bytes), fromDisk)).toEqual([]);
    await fromDisk.close();
  });

  test.each(['mnist-cnn.onnx', 'silero-vad-if.onnx', 'resnet8-cifar10.onnx'])(
    '%s survives text and back',
    async (name) => {
      const model = await readModelFile(join(folder, name));
      const parsed = parseModel(await printModel(model, { maxValues: Infinity }));
      expect(await describeDifferences(model, parsed, { onlyText: true })).toEqual([]);
      expect(brokenLinks(parsed.graph)).toEqual([]);
      await model.close();
    },
  );
});

describe.skipIf(!hasOnnxCases)("ONNX's backend cases (skipped where ../shared/assets is absent)", () => {
  test('all survive bytes and back', { timeout: 60_000 }, async () => {
    const failures: string[] = [];
    const cases = caseModels();
    for (const [name, model] of cases) {
      const problems = await roundTripProblems(model).catch((error: Error) => [error.message]);
      if (problems.length > 0) failures.push(`${name}: ${problems.join('; ')}`);
    }
    expect(failures).toEqual([]);
    expect(cases.length).toBeGreaterThan(1040);
  });

  test('all whose types are tensors survive text and back', { timeout: 60_000 }, async () => {
    const failures: string[] = [];
    let count = 0;
    for (const [name, bytes] of caseModels()) {
      const model = await readModel(bytes);
      if (!isTextual(model)) continue;
      count++;
      const problems = await Promise.resolve()
        .then(async () => parseModel(await printModel(model, { maxValues: Infinity })))
        .then((parsed) => describeDifferences(model, parsed, { onlyText: true }))
        .catch((error: Error) => [error.message]);
      if (problems.length > 0) failures.push(`${name}: ${problems.join('; ')}`);
    }
    expect(failures).toEqual([]);
    expect(count).toBeGreaterThan(900);
  });
});

/** Functions, sparse tensors and types as attributes are beyond the textual syntax that pare reads. */
function isTextual(model: Awaited<ReturnType<typeof readModel>>): boolean {
  if (model.functions.length > 0) return false;
  return [...subgraphDepthFirst(model.graph)].every((graph) =>
    [...graph.nodes].every((node) => [...node.attributes.values()].every(({ type }) => type !== 'OTHER')),
  );
}
