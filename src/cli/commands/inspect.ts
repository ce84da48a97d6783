import type { Command } from 'commander';
import { z } from 'zod';
import { lookup } from '../../base/lookup.ts';
import type { Runner } from '../../base/runner.ts';
import { inspectFile } from '../../recipe/inspect-file.ts';
import { ortNode } from '../../runtime/ort-node.ts';
import { detectTarget } from '../../targets/detect-target.ts';
import { targets } from '../../targets/index.generated.ts';
import type { Target } from '../../targets/target.ts';
import { listenForInterruption } from '../listen-for-interruption.ts';
import { parseNumber } from '../parse-number.ts';
import { parseOptions } from '../parse-options.ts';
import { printInspection } from '../print-inspection.ts';
import { printJson } from '../print-json.ts';
import { progressLine } from '../progress-line.ts';
import { reportFailure } from '../report-failure.ts';

interface Flags {
  json: boolean;
  ranges: boolean;
  layers: string;
  samples: number;
  threads: number;
  data?: string;
  target?: string;
}

const checked = z.object({
  samples: z.int().min(1),
  threads: z.int().min(1).max(1024),
  layers: z.union([z.literal('all'), z.string().regex(/^\d+$/, 'must be a number, or all')]),
});

export function define(command: Command): Command {
  return command
    .argument('<model>', 'model to describe, .onnx')
    .option(
      '--target <name>',
      `quantization target: ${Object.keys(targets).join(', ')} (default: this machine's)`,
    )
    .option('--layers <n>', 'list the n largest layers, or all', '20')
    .option(
      '--no-ranges',
      'do not read the weights: neither their ranges nor NaN and infinities are looked for',
    )
    .option('--data <dataset>', 'samples to find the ranges of outputs of layers on')
    .option('--samples <n>', 'how many of them', parseNumber, 100)
    .option('--threads <n>', 'threads of the engine', parseNumber, 1)
    .option('--json', 'print one JSON object and nothing else', false)
    .action(inspect);
}

async function inspect(path: string, flags: Flags): Promise<void> {
  const interruption = listenForInterruption();
  const progress = progressLine({ quiet: false });
  try {
    const { samples, threads, layers } = parseOptions(checked, {
      samples: flags.samples,
      threads: flags.threads,
      layers: flags.layers,
    });
    const runner = await ortNode();
    const target = await targetOf(flags.target, runner);
    const { signal } = interruption;
    const { ranges, data } = flags;
    const request = { target, ranges, data, samples, threads, seed: 0, signal, onProgress: progress.show };
    const inspection = await inspectFile(path, request, runner);
    progress.clear();
    if (flags.json) printJson(inspection);
    else {
      const limit = layers === 'all' ? Number.POSITIVE_INFINITY : Number(layers);
      const width = process.stdout.columns ?? Number.POSITIVE_INFINITY;
      process.stdout.write(`${printInspection(inspection, { layers: limit, width })}\n`);
    }
  } catch (error) {
    progress.clear();
    const end = interruption.end();
    await reportFailure('inspect', end?.error ?? error, { json: flags.json }, end?.exitCode);
  } finally {
    interruption.close();
  }
}

async function targetOf(name: string | undefined, runner: Runner): Promise<Target> {
  return name === undefined ? detectTarget(runner, process.arch) : lookup<Target>(targets, name, 'target');
}
