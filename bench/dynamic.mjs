// pare quantize --mode dynamic beside onnxruntime.quantization.quantize_dynamic: bytes, SQNR of outputs, latency.
// usage: npm run build && node bench/dynamic.mjs [NAME…]      writes results/dynamic.{json,md} where all nets are run
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compare } from './dynamic/compare.mjs';
import { models } from './dynamic/models.mjs';
import { toMarkdown } from './dynamic/to-markdown.mjs';
import { machine } from './quantize/machine.mjs';
import { places } from './quantize/places.mjs';

const scratch = join(places.project, '.cache/dynamic');
const cli = join(places.project, 'dist/cli.mjs');
const contenders = {
  pare: (model, out) =>
    run(process.execPath, [cli, 'quantize', model, '-o', out, '--mode', 'dynamic', '--quiet']),
  peer: (model, out) => peer([model, out]),
  'peer per channel': (model, out) => peer([model, out, '--per-channel']),
};

function run(program, args) {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function peer(args) {
  run(places.python, [join(places.peers, 'quantize_dynamic_peer.py'), ...args]);
}

/** Figures of an old build would be taken for those of the source. */
function refuseStaleBuild() {
  const built = statSync(cli).mtimeMs;
  const sources = readdirSync(join(places.project, 'src'), { recursive: true, withFileTypes: true });
  const isNewer = (entry) => entry.isFile() && statSync(join(entry.parentPath, entry.name)).mtimeMs > built;
  const newer = sources.find(isNewer);
  if (newer) throw new Error(`dist is older than src: ${newer.name}; npm run build`);
}

async function measure(name) {
  const { isGenerated, inputs } = models[name];
  const model = join(isGenerated ? scratch : join(places.assets, 'onnx'), `${name}.onnx`);
  const paths = Object.entries(contenders).map(([who, quantize]) => {
    const out = join(scratch, `${name}.${who.replaceAll(' ', '-')}.onnx`);
    quantize(model, out);
    return out;
  });
  const results = await compare([model, ...paths], inputs);
  const rows = ['fp32', ...Object.keys(contenders)].map((who, i) => ({
    who,
    bytes: statSync([model, ...paths][i]).size,
    ...results[i],
  }));
  for (const { who, bytes, sqnrDb, speedup, us } of rows)
    console.error(
      `${name.padEnd(20)} ${who.padEnd(17)} ${String(bytes).padStart(8)} B  ${sqnrDb.toFixed(1).padStart(8)} dB  ${speedup.toFixed(2)}×  ${us.toFixed(0)} µs`,
    );
  return { name, rows };
}

refuseStaleBuild();
mkdirSync(scratch, { recursive: true });
if (!existsSync(places.python)) run(join(places.peers, 'setup.sh'), []);
run(places.python, [join(places.peers, 'dynamic_nets.py'), scratch]);
const chosen = process.argv.slice(2);
const results = [];
for (const name of chosen.length > 0 ? chosen : Object.keys(models)) results.push(await measure(name));
if (chosen.length === 0) {
  const report = { machine: machine(), results };
  writeFileSync(join(places.results, 'dynamic.json'), `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(join(places.results, 'dynamic.md'), toMarkdown(report));
}
