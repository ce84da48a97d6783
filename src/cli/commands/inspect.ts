import { type Command, InvalidArgumentError } from 'commander';
import { lookup } from '../../base/lookup.ts';
import type { Runner } from '../../base/runner.ts';
import { inspectFile } from '../../recipe/inspect-file.ts';
import { ortNode } from '../../runtime/ort-node.ts';
import { detectTarget } from '../../targets/detect-target.ts';
import { targets } from '../../targets/index.generated.ts';
import type { Target } from '../../targets/target.ts';
import { listenForInterruption } from '../listen-for-interruption.ts';
import { parseCount } from '../parse-count.ts';
import { printInspection } from '../print-inspection.ts';
import { printJson } from '../print-json.ts';
import { progressLine } from '../progress-line.ts';
import { reportFailure } from '../report-failure.ts';

interface Flags {
  json: boolean;
  ranges: boolean;
  layers: number;
  samples: number;
  threads: number;
  data?: string;
  target?: string;
}

export function define(command: Command): Command {
  return command
    .argument('<model>', 'model to describe, .onnx')
    .option(
      '--target <name>',
      `quantization target: ${Object.keys(targets).join(', ')} (default: this machine's)`,
    )
    .option('--layers <n>', 'list the n largest layers, or all', parseLayers, 20)
    .option(
      '--no-ranges',
      'do not read the weights: neither their ranges nor NaN and infinities are looked for',
    )
    .option('--data <dataset>', 'samples to find the ranges of outputs of layers on')
    .option('--samples <n>', 'how many of them', parseCount(), 100)
    .option('--threads <n>', 'threads of the engine', parseCount(1024), 1)
    .option('--json', 'print one JSON object and nothing else', false)
    .action(inspect);
}

async function inspect(path: string, flags: Flags): Promise<void> {
  const interruption = listenForInterruption();
  const progress = progressLine({ quiet: false });
  try {
    const runner = await ortNode();
    const target = await targetOf(flags.target, runner);
    const { signal } = interruption;
    const { ranges, data, samples, threads } = flags;
    const request = { target, ranges, data, samples, threads, seed: 0, signal, onProgress: progress.show };
    const inspection = await inspectFile(path, request, runner);
    progress.clear();
    if (flags.json) printJson(inspection);
    else {
      const width = process.stdout.columns ?? Number.POSITIVE_INFINITY;
      process.stdout.write(`${printInspection(inspection, { layers: flags.layers, width })}\n`);
    }
  } catch (error) {
    progress.clear();
    const end = interruption.end();
    await reportFailure('inspect', end?.error ?? error, { json: flags.json }, end?.exitCode);
  } finally {
    interruption.close();
  }
}

/** How many layers to list. */
function parseLayers(text: string): number {
  if (text === 'all') return Number.POSITIVE_INFINITY;
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a number, or all.');
  return Number(text);
}

async function targetOf(name: string | undefined, runner: Runner): Promise<Target> {
  return name === undefined ? detectTarget(runner, process.arch) : lookup<Target>(targets, name, 'target');
}
