// Every model of the assets through every command: what each variant weighs, loses and gains. Writes results/models.json row by
// row and, from it, the table of docs/models.md. Rows that are there are not measured again.
// usage: npm run build && node bench/models.mjs [MODEL…] [--again]      PARE_ASSETS: the assets, default ../shared/assets
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { inspect, measure } from './models/measure.mjs';
import { models, variants } from './models/models.mjs';
import { toMarkdown } from './models/to-markdown.mjs';
import { places } from './quantize/places.mjs';

const file = join(places.results, 'models.json');
const page = join(places.project, 'docs/models.md');
const MARKS = ['<!-- made by bench/models.mjs -->', '<!-- end -->'];

const { values, positionals } = parseArgs({
  options: { again: { type: 'boolean', default: false } },
  allowPositionals: true,
});
for (const name of positionals)
  if (!(name in models)) throw new Error(`no model ${name}; there are ${Object.keys(models).join(', ')}`);

mkdirSync(join(places.project, '.cache/models'), { recursive: true });
const results = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { models: {} };
results.machine = { cpu: cpus()[0].model.trim(), cores: cpus().length, node: process.versions.node };
for (const name of positionals.length > 0 ? positionals : Object.keys(models)) await measureAll(name);
save();
writeTable();

async function measureAll(name) {
  const known = values.again ? undefined : results.models[name];
  const entry = { inspect: known?.inspect ?? inspect(name), variants: known?.variants ?? {} };
  results.models[name] = entry;
  for (const [title, variant] of Object.entries({ ...variants, ...models[name].variants })) {
    if (title in entry.variants) continue;
    const load = Number(loadavg()[0].toFixed(1));
    entry.variants[title] = { ...(await measure(name, models[name], variant)), load };
    save();
    console.error(`${name}  ${title}: ${summary(entry.variants[title])}`);
  }
}

function save() {
  write(file, `${JSON.stringify(results, null, 1)}\n`);
}

function summary({ error, bytes, sqnrDb, metric, speedup }) {
  if (error) return `${error.code}: ${error.message}`;
  const score = metric && `${metric.name} ${metric.before.toFixed(4)} → ${metric.after.toFixed(4)}`;
  return `${bytes} B, SQNR ${sqnrDb}, ${score}, ${speedup?.median.toFixed(2)}×`;
}

function writeTable() {
  const [head, rest] = readFileSync(page, 'utf8').split(MARKS[0]);
  const tail = rest?.split(MARKS[1])[1];
  if (tail === undefined) throw new Error(`${page} lacks the marks ${MARKS.join(' … ')}`);
  write(page, `${head}${MARKS[0]}\n\n${toMarkdown(results)}\n${MARKS[1]}${tail}`);
}

function write(path, text) {
  writeFileSync(`${path}.partial`, text);
  renameSync(`${path}.partial`, path);
}
