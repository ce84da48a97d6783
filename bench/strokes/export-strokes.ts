/**
 * Writes the samples of `synthetic:strokes` as raw bytes: `<out>.pixels` (784 bytes an image) and `<out>.labels` (one
 * byte an image).
 *
 *     npx unrun bench/strokes/export-strokes.ts <out> <samples> <seed>
 */
import { writeFileSync } from 'node:fs';
import { preprocessOptions } from '../../src/data/preprocess-options.ts';
import { synthetic } from '../../src/data/sources/synthetic.ts';

const [out, samples, seed] = process.argv.slice(-3);
const preprocess = preprocessOptions.parse({});
const options = { set: 'strokes' as const, samples: Number(samples), seed: Number(seed), preprocess };
const set = await synthetic.open(options, { baseDir: '.', where: 'export-strokes' });
const labels = new Uint8Array(set.length);
const pixels = new Uint8Array(784 * set.length);
for (let i = 0; i < set.length; i++) {
  const { fields, label } = await set.read(i);
  labels[i] = label ?? Number.NaN;
  const { data } = fields.pixels;
  if (!(data instanceof Float32Array)) throw new Error('expected the pixels of strokes as float32');
  pixels.set(data, 784 * i);
}
writeFileSync(`${out}.pixels`, pixels);
writeFileSync(`${out}.labels`, labels);
