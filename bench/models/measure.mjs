import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { places } from '../quantize/places.mjs';
import { largestDifference } from './largest-difference.mjs';
import { pare } from './pare.mjs';

/** Of a report's metrics the one that is shown, where the drop is not counted in one of them. */
const SHOWN = ['top1', 'psnr', 'rmse', 'positive-rate'];

/** What `pare inspect` says of a model. */
export function inspect(name) {
  const { report } = pare(['inspect', pathOf(name)]);
  if (report.error) return { error: report.error };
  const { nodes, parameters, macs, file } = report;
  return { nodes, parameters, macs, bytes: file.bytes };
}

/** Makes one variant of a model and scores it beside the original, or the cleaned one. A row of the results. */
export async function measure(name, model, variant) {
  const sets = { ...model, ...variant.sets };
  const cleaned = scratch(`${name}.cleaned`);
  const out = scratch(name);
  const steps = variant.clean
    ? [['clean', pathOf(name), '-o', cleaned, ...variant.clean], argumentsOf(cleaned, out, sets, variant)]
    : [argumentsOf(pathOf(name), out, sets, variant)];
  const command = steps.map((args) => shown(args, { [cleaned]: 'CLEANED', [out]: 'OUT' })).join(' && ');
  try {
    return { command, ...(await outcome(steps, pathOf(name), out, sets.test, variant)) };
  } finally {
    for (const path of [cleaned, out]) rmSync(path, { force: true });
  }
}

async function outcome(steps, original, out, test, { command }) {
  let last;
  for (const args of steps) {
    last = pare(args);
    if (last.report.error) return { status: last.status, error: last.report.error };
  }
  const difference = command === 'clean' ? { difference: await largestDifference(original, out) } : {};
  return { status: last.status, ...figures(last.report, original, test), ...difference };
}

function scratch(name) {
  return join(places.project, '.cache/models', `${name}.${process.pid}.onnx`);
}

/** The command as a user types it, with the assets as its folder. */
function shown(args, names) {
  return ['pare', ...args.map((word) => (names[word] ?? word).replace(`${places.assets}/`, ''))].join(' ');
}

function pathOf(name) {
  return join(places.assets, 'onnx', `${name}.onnx`);
}

function argumentsOf(path, out, { test, calibrate }, { command, options, data }) {
  const dataset = (file) => `bench/data/${file}.yaml`;
  const sets = [...(data ? ['--data', dataset(calibrate)] : []), '--eval-data', dataset(test)];
  return [command, path, '-o', out, ...sets, ...options];
}

function figures(report, original, test) {
  const { before, after, comparison, cleaning, layers, limits, warnings, seconds } = report;
  const count = (state) => layers.filter((layer) => layer.state === state).length;
  return {
    bytes: after.bytes,
    bytesBefore: statSync(original).size,
    samples: before.samples,
    runs: before.samples * (stepsOf(test) ?? 1),
    ...metricOf(report),
    agreement: comparison.agreement,
    // A copy has no errors to compare with: JSON knows no infinity.
    sqnrDb: comparison.mse === 0 ? 'exact' : comparison.sqnrDb,
    speedup: comparison.speedup,
    layers: { quantized: count('quantized'), stored: count('stored'), float: count('float') },
    nodes: cleaning?.nodes,
    limits,
    warnings: warnings.map(({ code, message }) => ({ code, message })),
    seconds,
  };
}

function metricOf({ before, after, comparison }) {
  const metrics = before.metrics ?? {};
  const name = [comparison.drop?.metric, ...SHOWN].find((key) => key !== undefined && key in metrics);
  return name && { metric: { name, before: metrics[name], after: after.metrics[name] } };
}

/** Runs of the model a sample, of streaming ones. */
function stepsOf(dataset) {
  const file = join(places.project, 'bench/data', `${dataset}.yaml`);
  return parse(readFileSync(file, 'utf8')).frames?.steps;
}
