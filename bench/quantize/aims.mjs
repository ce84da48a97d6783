import { wallRatio } from './cost.mjs';

/**
 * The aims pare is held to, each with what was measured: `values` has one entry a seed where a seed plays a part, and all
 * of them must meet the aim.
 */
export function aims({ resnet20, resnet8, mobilenet, processes, histograms }) {
  const wall = (model, ours, theirs) => wallRatio(processes[model][ours], processes[model][theirs]);
  return [
    atLeast(
      'resnet20: correct of 1,000, minus those of peer minmax',
      0,
      resnet20.pare.map(({ correct }, i) => correct - resnet20['peer minmax'][i].correct),
    ),
    ...cifarAims('resnet20', resnet20, { agreement: 0.992, bytes: 310_000 }),
    atLeast(
      'resnet8: correct of 1,000',
      876,
      resnet8.pare.map(({ correct }) => correct),
    ),
    ...cifarAims('resnet8', resnet8, { agreement: 0.975, bytes: 98_000 }),
    ...mobilenetAims(mobilenet),
    ...Object.keys(processes).flatMap((model) => [
      atMost(`${model}: wall time minmax, pare / peer`, 1, [wall(model, 'pare minmax', 'peer minmax')]),
      atMost(`${model}: wall time percentile, pare / peer`, 1, [
        wall(model, 'pare percentile', 'peer percentile'),
      ]),
    ]),
    ...['percentile', 'entropy'].map((observer) =>
      atMost(`mobilenet: peak MB, ${observer} on 700`, 500, [
        histograms[`pare ${observer}, 700 images`].peakBytes / 1e6,
      ]),
    ),
  ];
}

function cifarAims(name, { pare }, { agreement, bytes }) {
  return [
    atLeast(`${name}: agreement`, agreement, pare.map(shareAgreeing)),
    atMost(
      `${name}: latency, pare / peer`,
      1,
      pare.map((run) => run.versusPeer.median),
    ),
    atMost(
      `${name}: bytes`,
      bytes,
      pare.map((run) => run.bytes),
    ),
  ];
}

function mobilenetAims({ fp32, pare, 'pare keep-fastest': fastest, 'pare depthwise float': depthwise }) {
  const correct = (runs) => runs.map((run) => run.correct);
  const halves = fastest.flatMap((run) => run.halves);
  return [
    atLeast('mobilenet: correct of 700', 387, correct(pare)),
    atMost(
      'mobilenet: bytes',
      560_000,
      pare.map((run) => run.bytes),
    ),
    atLeast(
      'mobilenet --keep-fastest: speed-up over fp32',
      1.1,
      halves.map((half) => half.speedup.median),
    ),
    atLeast(
      'mobilenet --keep-fastest: correct of 700, minus those of fp32',
      0,
      fastest.map((run, i) => run.correct - fp32[i].correct),
    ),
    atLeast('mobilenet, depthwise float: correct of 700', 385, correct(depthwise)),
    atLeast('mobilenet, depthwise float: agreement', 0.81, depthwise.map(shareAgreeing)),
    atMost(
      'mobilenet, depthwise float: depthwise layers in integers',
      0,
      depthwise.flatMap((run) => run.halves.map((half) => half.kernels.depthwise.integer)),
    ),
  ];
}

function shareAgreeing({ agree, samples }) {
  return agree / samples;
}

function atLeast(name, limit, values) {
  return { name, aim: `≥ ${limit}`, values: values.map(rounded), met: Math.min(...values) >= limit };
}

function atMost(name, limit, values) {
  return { name, aim: `≤ ${limit}`, values: values.map(rounded), met: Math.max(...values) <= limit };
}

function rounded(value) {
  return Number(value.toFixed(3));
}
