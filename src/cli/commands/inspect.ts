import type { Command } from 'commander';
import { lookup } from '../../base/lookup.ts';
import { formatBytes } from '../../evaluate/report-html/format/format-bytes.ts';
import { visibleText } from '../../evaluate/report-html/visible-text.ts';
import { type Inspection, inspectFile } from '../../recipe/inspect-file.ts';
import { ortNode } from '../../runtime/ort-node.ts';
import { detectTarget } from '../../targets/detect-target.ts';
import { targets } from '../../targets/index.generated.ts';
import type { Target } from '../../targets/target.ts';
import { printJson } from '../print-json.ts';
import { reportFailure } from '../report-failure.ts';
import { table } from '../table.ts';

interface Flags {
  json: boolean;
  target?: string;
}

export function define(command: Command): Command {
  return command
    .argument('<model>', 'model to describe, .onnx')
    .option(
      '--target <name>',
      `quantization target: ${Object.keys(targets).join(', ')} (default: this machine's)`,
    )
    .option('--json', 'print one JSON object and nothing else', false)
    .action(inspect);
}

async function inspect(model: string, { json, target: name }: Flags): Promise<void> {
  try {
    const runner = await ortNode();
    const target =
      name === undefined ? await detectTarget(runner, process.arch) : lookup<Target>(targets, name, 'target');
    const inspection = await inspectFile(model, target, runner);
    if (json) printJson(inspection);
    else process.stdout.write(`${describe(inspection)}\n`);
  } catch (error) {
    await reportFailure('inspect', error, { json });
  }
}

function describe(i: Inspection): string {
  const opsets = Object.entries(i.opsets).map(([domain, version]) => `${domain} ${version}`);
  const facts = [
    ['file', `${i.file.path}  ${formatBytes(i.file.bytes)}`],
    ['made by', i.producer || 'unknown'],
    ['format', `IR version ${i.irVersion}, ${opsets.join(', ')}`],
    ...i.inputs.map(({ name, type }) => ['input', `${name}  ${type}`]),
    ...i.outputs.map(({ name, type }) => ['output', `${name}  ${type}`]),
    ['parameters', count(i.parameters)],
    [
      'MACs a sample',
      i.macs === 0 ? 'none that can be told without running' : `${count(i.macs)}${freeLengthsNote(i)}`,
    ],
    ['operators', i.operators.map(({ opType, count }) => `${opType} ${count}`).join(', ')],
  ];
  const layers = i.layers.map((l) =>
    [l.name, l.opType, count(l.parameters), count(l.macs), l.state, l.reason].map(visibleText),
  );
  const head = table(
    ['', ''],
    facts.map((row) => row.map(visibleText)),
  );
  const quantizable = i.layers.filter(({ state }) => state === 'quantized').length;
  const title = `After cleaning, for ${i.target}: ${quantizable} of ${i.layers.length} nodes can be quantized`;
  if (layers.length === 0) return [head, '', title].join('\n');
  const header = ['node', 'operator', 'parameters', 'MACs', 'could be', ''];
  return [head, '', title, table(header, layers, { alignRight: [2, 3] })].join('\n');
}

function count(n: number): string {
  return n === 0 ? '' : n.toLocaleString('en');
}

/** Multiply–accumulates grow with lengths the model leaves open, which count as 1 (the batch always does). */
function freeLengthsNote({ inputs }: Inspection): string {
  const isOpen = inputs.some(({ type }) => /\[[^,\]]*,.*[?a-zA-Z]/.test(type));
  return isOpen ? '  (lengths the model leaves open count as 1)' : '';
}
