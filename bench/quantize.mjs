// Runs pare and onnxruntime.quantization on the same arrays and the same machine, and writes results/quantize.{json,md}.
// usage: npm run build && node bench/quantize.mjs      PARE_ASSETS: the assets, default ../shared/assets beside the project
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crossFit, judgeOnTest, SEEDS } from './quantize/accuracy.mjs';
import { aims } from './quantize/aims.mjs';
import { costOfHistograms, costOfProcesses } from './quantize/cost.mjs';
import { mnist, ultraface } from './quantize/fidelity.mjs';
import { machine } from './quantize/machine.mjs';
import { places } from './quantize/places.mjs';
import { toMarkdown } from './quantize/to-markdown.mjs';

function prepare() {
  if (!existsSync(places.python)) execFileSync(join(places.peers, 'setup.sh'), { stdio: 'inherit' });
  if (!existsSync(places.cifarTrain))
    execFileSync(process.execPath, [join(places.project, 'bench/data/prepare.mjs')], { stdio: 'inherit' });
  rmSync(places.scratch, { recursive: true, force: true });
  mkdirSync(places.scratch, { recursive: true });
  cpSync(join(places.project, 'dist'), places.pare, { recursive: true });
  for (const file of ['cli.mjs', 'index.mjs'])
    if (!existsSync(join(places.pare, file))) throw new Error(`dist/${file} is not there: npm run build`);
}

async function measureAll() {
  return {
    resnet20: await step('resnet20', () => judgeOnTest('resnet20')),
    resnet8: await step('resnet8', () => judgeOnTest('resnet8')),
    mobilenet: await step('mobilenet', () => crossFit('mobilenet')),
    processes: {
      resnet20: await step('processes of resnet20', () => costOfProcesses('resnet20')),
      mobilenet: await step('processes of mobilenet', () => costOfProcesses('mobilenet')),
    },
    histograms: await step('histograms', costOfHistograms),
    mnist: await step('mnist', mnist),
    ultraface: await step('ultraface', ultraface),
  };
}

async function step(name, work) {
  const started = performance.now();
  const result = await work();
  console.error(`${name}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
  return result;
}

function write(name, text) {
  const path = join(places.results, name);
  writeFileSync(`${path}.partial`, text);
  renameSync(`${path}.partial`, path);
}

prepare();
const facts = machine();
const results = await measureAll();
const report = { machine: facts, seeds: SEEDS, results, aims: aims(results) };
mkdirSync(places.results, { recursive: true });
write('quantize.json', `${JSON.stringify(report, null, 1)}\n`);
write('quantize.md', toMarkdown(report));
rmSync(places.scratch, { recursive: true });
console.error(
  `bench/results/quantize.md: ${report.aims.filter(({ met }) => met).length} of ${report.aims.length} aims met`,
);
