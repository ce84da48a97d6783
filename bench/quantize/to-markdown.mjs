import { wallRatio } from './cost.mjs';

/** Letters of a failure's message that a table cell takes. */
const MAX_FAILURE = 110;

/** The results as a page of tables, for people. */
export function toMarkdown({ machine, seeds, results, aims }) {
  const { resnet20, resnet8, mobilenet, processes, histograms, mnist, ultraface } = results;
  return [
    '# pare and onnxruntime.quantization side by side',
    `Made by \`node bench/quantize.mjs\` (bench/README.md says how to read it). ${machineLine(machine)}`,
    `Lists give seeds ${seeds.join(', ')}: other calibration samples each, and for mobilenet other halves. Latency: one thread, batch 1, all files of a row's table in one process, interleaved; ratios are medians of rounds with 95 % intervals.`,
    '## Aims',
    table(['', 'aim', 'measured', 'met'], aims.map(aimRow)),
    '## resnet20-cifar10 (1,000 test images)',
    judgedTable(resnet20),
    '## resnet8-cifar10 (1,000 test images)',
    judgedTable(resnet8),
    '## mobilenet-v1-0.25 (700 images, cross-fitted)',
    crossFittedTable(mobilenet),
    'Layers `--keep-fastest` left in float, by seed and half:',
    keptFloat(mobilenet['pare keep-fastest']),
    '## Whole processes, decoding 100 samples from the original files (medians of 9, interleaved)',
    ...Object.entries(processes).flatMap(([model, costs]) => [`**${model}**`, costTable(costs)]),
    '## mobilenet, histogram observers',
    costTable(histograms),
    '## mnist-cnn (10,000 test images)',
    outputTable(mnist),
    '## ultraface-rfb-320 (50 images, no labels)',
    outputTable(ultraface),
    '',
  ].join('\n\n');
}

function machineLine({ cpu, cores, avx512Vnni, loadAtStart, pare, node, sharp, peer, ...rest }) {
  const vnni = avx512Vnni ? 'AVX512-VNNI' : 'no AVX512-VNNI';
  const ours = `pare ${pare}, Node ${node}, onnxruntime-node ${rest['onnxruntime-node']}, sharp ${sharp}`;
  const theirs = Object.entries(peer).map(([name, version]) => `${name} ${version}`);
  return `Machine: ${cpu}, ${cores} cores, ${vnni}, load ${loadAtStart} at the start. ${ours}; ${theirs.join(', ')}.`;
}

function aimRow({ name, aim, values, met }) {
  return [name, aim, values.join(', '), met ? 'yes' : '**no**'];
}

function judgedTable(results) {
  const head = [
    '',
    'correct',
    'agreement %',
    'kB',
    'latency ms',
    'faster than fp32',
    'latency / peer minmax',
  ];
  return table(
    head,
    Object.entries(results).map(([name, runs]) => [
      name,
      runs.map(({ correct }) => correct).join(', '),
      runs.map(agreement).join(', '),
      kilobytes(runs[0].bytes),
      runs.map(({ latencyMs }) => latencyMs.toFixed(3)).join(', '),
      interval(runs[0].speedup),
      runs.map(({ versusPeer }) => interval(versusPeer)).join(', '),
    ]),
  );
}

function crossFittedTable(results) {
  const head = [
    '',
    'correct',
    'agreement %',
    'kB',
    'depthwise in float',
    'faster than fp32',
    'latency / peer minmax',
  ];
  return table(
    head,
    Object.entries(results).map(([name, runs]) => {
      const halves = runs.flatMap((run) => run.halves);
      const { integer, float } = halves[0].kernels.depthwise;
      return [
        name,
        runs.map(({ correct }) => correct).join(', '),
        runs.map(agreement).join(', '),
        kilobytes(runs[0].bytes),
        `${float} of ${integer + float}`,
        halves.map(({ speedup }) => speedup.median.toFixed(2)).join(', '),
        interval(halves[0].versusPeer),
      ];
    }),
  );
}

function keptFloat(runs) {
  return runs
    .flatMap(({ halves }, seed) =>
      halves.map(
        ({ keptFloat = [], speedup }, half) =>
          `- ${seed}${'ab'[half]}: ${keptFloat.join(', ') || 'none'} (${interval(speedup)}×)`,
      ),
    )
    .join('\n');
}

function costTable(costs) {
  const peer = costs['peer minmax'];
  return table(
    ['', 'seconds', 'processor seconds', 'peak MB', ...(peer ? ['seconds / peer minmax, by round'] : [])],
    Object.entries(costs).map(([name, cost]) => [
      name,
      cost.seconds.toFixed(2),
      cost.cpuSeconds.toFixed(2),
      (cost.peakBytes / 1e6).toFixed(0),
      ...(peer ? [wallRatio(cost, peer).toFixed(2)] : []),
    ]),
  );
}

function outputTable(results) {
  return table(
    ['', 'top-1 %', 'agreement %', 'SQNR dB', 'cosine', 'kB', 'faster than fp32'],
    Object.entries(results).map(([name, result]) => [name, ...outputCells(result)]),
  );
}

function outputCells({ failure, top1, agreement, sqnrDb, cosine, bytes, speedup }) {
  if (failure !== undefined) return [`fails: ${failure.slice(0, MAX_FAILURE)}`, '', '', '', '', ''];
  return [
    percent(top1),
    percent(agreement),
    sqnrDb?.toFixed(1) ?? '',
    cosine?.toFixed(5) ?? '',
    kilobytes(bytes),
    speedup ? interval(speedup) : '',
  ];
}

function agreement({ agree, samples }) {
  return ((100 * agree) / samples).toFixed(1);
}

function percent(share) {
  return share === undefined ? '' : (100 * share).toFixed(2);
}

function kilobytes(bytes) {
  return (bytes / 1000).toFixed(1);
}

function interval({ median, low, high }) {
  return `${median.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
