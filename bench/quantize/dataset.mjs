import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { places } from './places.mjs';

const DUMP_BATCH = 16;

/** Part of a dataset: at most `limit` samples of the given share of a seeded shuffle. */
export function part(content, fraction, seed, limit) {
  return { ...content, split: { fraction, seed }, ...(limit !== undefined && { limit }) };
}

/** Writes a dataset file for pare. Its path. */
export function datasetFile(name, content) {
  const path = join(places.scratch, `${name}.json`);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

/**
 * Writes a dataset file for pare and the very arrays it feeds, for the peer: a folder with `shape.json`, `data.f32` and,
 * where there are labels, `labels.json`.
 */
export async function sharedDataset(name, content) {
  const file = datasetFile(name, content);
  const arrays = join(places.scratch, name);
  mkdirSync(arrays, { recursive: true });
  const { openDataset } = await import(pathToFileURL(join(places.pare, 'index.mjs')).href);
  const dataset = await openDataset(file);
  const out = createWriteStream(join(arrays, 'data.f32'));
  const labels = [];
  let shape;
  for await (const batch of dataset.batches({ batchSize: DUMP_BATCH })) {
    const [tensor] = Object.values(batch.inputs);
    shape = [dataset.length, ...tensor.shape.slice(1)];
    // A copy, as the batch's memory may be used again before the stream has written it.
    out.write(Buffer.from(new Float32Array(tensor.data).buffer));
    labels.push(...(batch.labels ?? []));
  }
  await finished(out.end());
  writeFileSync(join(arrays, 'shape.json'), JSON.stringify({ shape }));
  if (labels.length > 0) writeFileSync(join(arrays, 'labels.json'), JSON.stringify(labels));
  return { file, arrays };
}
