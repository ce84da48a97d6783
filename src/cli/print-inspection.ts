import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';
import { formatBytes } from '../evaluate/report-html/format/format-bytes.ts';
import { formatNumber } from '../evaluate/report-html/format/format-number.ts';
import { visibleText } from '../evaluate/report-html/visible-text.ts';
import type { Inspection } from '../recipe/inspect-file.ts';
import type { InspectedLayer } from '../recipe/inspect-layers.ts';
import { shorten } from './shorten.ts';
import { table } from './table.ts';
import { textWidth } from './text-width.ts';
import { wrapText } from './wrap-text.ts';

const LABEL_WIDTH = 15;
const MAX_FINDINGS = 10;

/** What a column of the table of layers shows. */
const columns = {
  layer: ({ name }: InspectedLayer) => name,
  operator: ({ opType }: InspectedLayer) => opType,
  parameters: ({ parameters }: InspectedLayer) => count(parameters),
  bytes: ({ bytes }: InspectedLayer) => (bytes === 0 ? '' : formatBytes(bytes)),
  MACs: ({ macs }: InspectedLayer) => count(macs),
  weights: ({ format }: InspectedLayer) => format,
  range: ({ range }: InspectedLayer) => rangeText(range),
  output: ({ outputRange }: InspectedLayer) => rangeText(outputRange),
  state: ({ state }: InspectedLayer) => state,
  '': ({ reason }: InspectedLayer) => reason,
} as const;

type Column = keyof typeof columns;
const numeric: readonly Column[] = ['parameters', 'bytes', 'MACs'];

/** Ways to fit the table into a line, the fullest first: columns left out, and how long names may be. */
const layouts: readonly { without: readonly Column[]; nameLength: number; reasonLength: number }[] = [
  { without: [], nameLength: 60, reasonLength: 80 },
  { without: [], nameLength: 32, reasonLength: 48 },
  { without: [], nameLength: 28, reasonLength: 24 },
  { without: ['range'], nameLength: 28, reasonLength: 32 },
  { without: ['range', 'MACs'], nameLength: 24, reasonLength: 24 },
  { without: ['range', 'MACs', 'parameters'], nameLength: 24, reasonLength: 28 },
  { without: ['range', 'MACs', ''], nameLength: 24, reasonLength: 0 },
  { without: ['range', 'MACs', '', 'parameters'], nameLength: 20, reasonLength: 0 },
];

export interface PrintInspectionOptions {
  /** Layers listed, those of most bytes first. */
  readonly layers: number;
  /** Of the terminal; Infinity where what is printed goes elsewhere. */
  readonly width: number;
}

/** The description of a model as text. */
export function printInspection(inspection: Inspection, { layers, width }: PrintInspectionOptions): string {
  const parts = [facts(inspection, width), findingLines(inspection), layerTable(inspection, layers, width)];
  return parts.filter((part) => part !== '').join('\n\n');
}

function facts(i: Inspection, width: number): string {
  const opsets = Object.entries(i.opsets).map(([domain, version]) => `${domain} ${version}`);
  const rows: [string, string][] = [
    ['file', `${i.file.path}  ${formatBytes(i.file.bytes)}`],
    ['made by', i.producer || 'unknown'],
    ['format', `IR version ${i.irVersion}, ${opsets.join(', ')}`],
    ...i.inputs.map(({ name, type }): [string, string] => ['input', `${name}  ${type}`]),
    ...i.outputs.map(({ name, type }): [string, string] => ['output', `${name}  ${type}`]),
    ['parameters', count(i.parameters) || 'none'],
    ['constants', i.weights.map(weightText).join(', ') || 'none'],
    [
      'MACs a sample',
      i.macs === 0 ? 'none that can be told without running' : `${count(i.macs)}${openLengthsNote(i)}`,
    ],
    ['operators', i.operators.map(operatorText).join(', ')],
    ...i.functions.map(({ name, domain, nodes }): [string, string] => [
      'function',
      `${domain}.${name}, ${nodes} nodes`,
    ]),
  ];
  return rows.map(([label, text]) => factLine(label, visibleText(text), width)).join('\n');
}

function factLine(label: string, text: string, width: number): string {
  const indent = ' '.repeat(LABEL_WIDTH);
  return label.padEnd(LABEL_WIDTH) + wrapText(text, width - LABEL_WIDTH).join(`\n${indent}`);
}

function weightText({ type, elements, bytes, tensors }: Inspection['weights'][number]): string {
  return `${type} ${formatBytes(bytes)} (${count(elements)} in ${count(tensors)} ${tensors === 1 ? 'tensor' : 'tensors'})`;
}

function operatorText({ opType, domain, count: n }: Inspection['operators'][number]): string {
  return `${domain === '' ? '' : `${domain}.`}${opType} ${count(n)}`;
}

function findingLines({ findings }: Inspection): string {
  const lines = findings
    .slice(0, MAX_FINDINGS)
    .map(({ message }) => `${pc.yellow('warning')} ${visibleText(message)}`);
  const rest = findings.length - lines.length;
  return [...lines, ...(rest > 0 ? [`  … and ${count(rest)} more; --json lists all`] : [])].join('\n');
}

function layerTable({ layers, target }: Inspection, limit: number, width: number): string {
  if (layers.length === 0) return 'No layer has weights or could be quantized.';
  const byBytes = [...layers].sort((a, b) => b.bytes - a.bytes || b.macs - a.macs);
  const shown = byBytes.slice(0, limit);
  const rest = layers.length - shown.length;
  const title =
    rest > 0 ? `The ${count(shown.length)} largest of ${count(layers.length)} layers` : 'Layers by size';
  const hint = rest > 0 ? [`  … and ${count(rest)} smaller ones; --layers all lists them`] : [];
  return [
    `${title}, and what they are or could be on ${target}: ${standing(layers)}`,
    fitted(shown, width),
    ...hint,
  ].join('\n');
}

/** How many layers there are of each state, most first. */
function standing(layers: readonly InspectedLayer[]): string {
  const counts = new Map<string, number>();
  for (const { state } of layers) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([state, n]) => `${count(n)} ${state}`)
    .join(', ');
}

/** The fullest table that fits the width; the narrowest where none does. */
function fitted(layers: readonly InspectedLayer[], width: number): string {
  let text = '';
  for (const layout of layouts) {
    text = layerRows(layers, layout);
    const widest = Math.max(...stripVTControlCharacters(text).split('\n').map(textWidth));
    if (widest <= width) return text;
  }
  return text;
}

function layerRows(
  layers: readonly InspectedLayer[],
  { without, nameLength, reasonLength }: (typeof layouts)[number],
): string {
  // Object.keys widens to string[].
  const kept = (Object.keys(columns) as Column[]).filter((column) => {
    const isEmpty = layers.every((layer) => columns[column](layer) === '');
    return !without.includes(column) && !isEmpty;
  });
  const rows = layers.map((layer) =>
    kept.map((column) => {
      const text = visibleText(columns[column](layer));
      if (column === 'layer') return shorten(text, nameLength);
      return column === '' ? cut(text, reasonLength) : text;
    }),
  );
  const alignRight = kept.flatMap((column, i) => (numeric.includes(column) ? [i] : []));
  return table(kept, rows, { alignRight });
}

/** Unlike a name, a reason says most at its beginning. */
function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, Math.max(0, length - 1))}…` : text;
}

function rangeText(range: { min: number; max: number } | undefined): string {
  return range ? `${formatNumber(range.min)} … ${formatNumber(range.max)}` : '';
}

function count(n: number): string {
  return n === 0 ? '' : n.toLocaleString('en');
}

/** Multiply–accumulates grow with lengths the model leaves open, which count as 1 (the batch always does). */
function openLengthsNote({ inputs }: Inspection): string {
  const isOpen = inputs.some(({ type }) => /\[[^,\]]*,.*[?a-zA-Z]/.test(type));
  return isOpen ? '  (lengths the model leaves open count as 1)' : '';
}
