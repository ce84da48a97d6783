// Formats of weights and methods: accuracy, bytes and speed of each combination on real nets, through the built command.
// usage: npm run build && node bench/formats.mjs [NET…]      names: those of `nets` below; default all
// Goes on where it was stopped: what is in results/formats.json is not made again; results/formats.md is written after each.
// CIFAR-10 wants `node bench/data/prepare.mjs` before. PARE_ASSETS: the assets, default ../shared/assets beside the project
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { places } from './quantize/places.mjs';

const alone = (weights, granularity) => ({ weights, granularity });
const [gptq, descent] = ['gptq', 'coordinate-descent'].map((method) => (weights, granularity) => ({
  weights,
  granularity,
  method,
}));

/** Calibrated on `data`, scored on `scored`; combinations of format, granularity and method. */
const nets = {
  'resnet20-cifar10': {
    data: 'cifar10-train-resnet20',
    scored: 'cifar10-test-resnet20',
    samples: 512,
    combinations: [
      alone('int8'),
      alone('int4', 'channel'),
      gptq('int4', 'channel'),
      alone('int3', 'channel'),
      gptq('int3', 'channel'),
      descent('int3', 'channel'),
      alone('int2', 'channel'),
      descent('int2', 'channel'),
      alone('codebook:entries=4'),
      descent('codebook:entries=4'),
      alone('power-of-two'),
      gptq('power-of-two'),
      descent('ternary'),
      descent('binary'),
      alone('nf4'),
      alone('mxfp4'),
      alone('float8e4m3'),
    ],
  },
  'mobilenet-v1-0.25-imagenet': {
    data: 'imagenet-mobilenet-calibrate',
    scored: 'imagenet-mobilenet-test',
    samples: 350,
    combinations: [
      alone('int8'),
      gptq('int8'),
      alone('int4', 'channel'),
      gptq('int4', 'channel'),
      gptq('int4'),
      gptq('int5'),
    ],
  },
  'silero-vad-16k': {
    data: 'silero-vad-calibrate',
    scored: 'silero-vad',
    samples: 100,
    combinations: [alone('int8'), alone('int4'), gptq('int4')],
  },
  'dtln-1': {
    data: 'dtln-1-calibrate',
    scored: 'dtln-1',
    samples: 100,
    combinations: [alone('int8'), alone('int4'), gptq('int4')],
  },
  'dtln-2': {
    data: 'dtln-2-calibrate',
    scored: 'dtln-2',
    samples: 100,
    combinations: [alone('int8'), alone('int4'), gptq('int4')],
  },
};

const record = join(places.results, 'formats.json');
const known = existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')) : {};
const scratch = mkdtempSync(join(tmpdir(), 'pare-formats-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

function argumentsOf({ data, scored, samples }, { weights, granularity, method }) {
  return [
    ...['--mode', 'weights', '--weights', weights],
    ...(granularity ? ['--granularity', granularity] : []),
    ...(method ? ['--method', method] : []),
    ...['--data', `bench/data/${data}.yaml`, '--samples', String(samples)],
    ...['--eval-data', `bench/data/${scored}.yaml`],
  ];
}

function measure(name, args) {
  const model = join(places.assets, 'onnx', `${name}.onnx`);
  const command = ['dist/cli.mjs', 'quantize', model, '-o', join(scratch, 'model.onnx'), '--json', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: places.project,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`${name} ${args.join(' ')}: ${stdout}${stderr}`);
  const { input, output, before, after, comparison, seconds } = JSON.parse(stdout);
  return {
    bytes: [input.bytes, output.bytes],
    metrics: [before.metrics, after.metrics],
    agreement: comparison.agreement,
    sqnrDb: comparison.sqnrDb,
    speedup: comparison.speedup.median,
    seconds: Number(seconds.toFixed(1)),
  };
}

const percent = (x) => `${(100 * x).toFixed(2)} %`;

function rowOf({ weights, granularity, method }, { bytes, metrics, agreement, sqnrDb, speedup, seconds }) {
  const [was, is] = metrics.map((each) => each?.top1 ?? Object.values(each ?? {})[0]);
  return [
    `\`${weights}\``,
    granularity ?? 'default',
    method ?? '–',
    bytes[1].toLocaleString('en'),
    `${(bytes[0] / bytes[1]).toFixed(1)}×`,
    is === undefined ? '–' : `${percent(was)} → ${percent(is)}`,
    agreement === undefined ? '–' : percent(agreement),
    sqnrDb === undefined ? '–' : sqnrDb.toFixed(1),
    speedup.toFixed(2),
    seconds,
  ];
}

function page() {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const head = [
    'weights',
    'granularity',
    'method',
    'bytes',
    'smaller',
    'metric',
    'same answers',
    'SQNR, dB',
    'speed',
    'seconds',
  ];
  const parts = Object.entries(nets).flatMap(([name, net]) => {
    const rows = net.combinations.flatMap((combination) => {
      const found = known[`${name} ${argumentsOf(net, combination).join(' ')}`];
      return found ? [line(rowOf(combination, found))] : [];
    });
    return rows.length === 0
      ? []
      : [`## ${name}`, [line(head), line(head.map(() => '---')), ...rows].join('\n')];
  });
  return [
    '# Formats of weights and methods',
    `Made by \`node bench/formats.mjs\`, ${cpus()[0].model.trim()}: \`pare quantize\` with samples of training data (of ImageNet and speech one half of what there is, the other scored), scored on samples that nothing was chosen on. "Metric": top-1, or the share of frames with speech, before and after. "Speed": beside the float file, one thread, interleaved. Seconds are of the whole command, evaluation included.`,
    ...parts,
    '',
  ].join('\n\n');
}

const asked = process.argv.slice(2);
for (const name of asked.length > 0 ? asked : Object.keys(nets))
  for (const combination of nets[name].combinations) {
    const args = argumentsOf(nets[name], combination);
    const key = `${name} ${args.join(' ')}`;
    if (known[key]) continue;
    known[key] = measure(name, args);
    console.log(name, ...rowOf(combination, known[key]));
    writeFileSync(record, `${JSON.stringify(known, null, 1)}\n`);
    writeFileSync(join(places.results, 'formats.md'), page());
  }
