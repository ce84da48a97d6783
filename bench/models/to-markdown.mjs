import { checks } from './checks.mjs';
import { table } from './table.mjs';

const METRICS = {
  top1: ['top-1', percent],
  'positive-rate': ['speech', percent],
  psnr: ['PSNR', (value) => `${value.toFixed(2)} dB`],
  rmse: ['RMSE', (value) => value.toFixed(3)],
};

/** The results as tables, for people. */
export function toMarkdown({ machine, models }) {
  const rows = Object.entries(models).flatMap(([name, { variants }]) =>
    Object.entries(variants).map(([title, row], i) => variantRow(i === 0 ? name : '', title, row)),
  );
  return [
    machineLine(machine, models),
    '## The models, and what cleaning leaves',
    table(
      ['model', 'bytes', 'nodes', 'parameters', 'MACs', 'nodes after clean', 'largest relative difference'],
      Object.entries(models).map(([name, entry]) => modelRow(name, entry)),
    ),
    '## Every variant beside its original',
    table(
      ['model', 'variant', 'bytes', 'smaller', 'SQNR', 'metric', 'same', 'speed', 'layers', 'runs'],
      rows,
    ),
    ...checks.flatMap((check) => checkSection(check, models)),
    '## Commands',
    `\`\`\`sh\n${commands(models).join('\n')}\n\`\`\``,
  ].join('\n\n');
}

function machineLine({ cpu, cores, node }, models) {
  const loads = Object.values(models).flatMap(({ variants }) =>
    Object.values(variants).map(({ load }) => load),
  );
  const span = `${Math.min(...loads)} to ${Math.max(...loads)}`;
  return `Measured on ${cpu}, ${cores} cores shared with other work (load ${span}), Node ${node}, one thread, batch 1: speeds are noisy, and a difference below a tenth says nothing.`;
}

function modelRow(name, { inspect, variants }) {
  if (inspect.error) return [name, failure(inspect), '', '', '', '', ''];
  const cleanings = Object.entries(variants).filter(([title]) => title.startsWith('clean'));
  const cells = (show) =>
    cleanings.map(([title, row]) => `${title.slice('clean'.length)} ${show(row)}`.trim()).join('; ');
  const { bytes, nodes, parameters, macs } = inspect;
  return [
    name,
    ...[bytes, nodes, parameters, macs].map(grouped),
    cells((row) => (row.error ? failure(row) : row.nodes.after)),
    cells((row) => (row.error ? '' : power(row.difference))),
  ];
}

function variantRow(name, title, row) {
  if (row.error) return [name, title, failure(row), '', '', '', '', '', '', ''];
  const { bytes, bytesBefore, agreement, layers, runs } = row;
  return [
    name,
    title,
    grouped(bytes),
    `${(bytesBefore / bytes).toFixed(2)}×`,
    decibels(row.sqnrDb),
    metricCell(row),
    agreement === undefined ? '' : percent(agreement),
    speed(row),
    ['quantized', 'stored', 'float']
      .filter((state) => layers[state] > 0)
      .map((state) => `${layers[state]} ${state}`)
      .join(', '),
    grouped(runs),
  ];
}

/** Why there is no result: of several reasons the first. */
function failure({ error, status }) {
  const kind = status === 2 ? 'refused' : 'failed';
  return `**${kind}**: ${error.message.split('\n')[0].replaceAll('|', '\\|')}`;
}

function metricCell({ metric, limits }) {
  const unmet = (limits ?? []).filter(({ met }) => !met).map(({ name }) => `${name} not met`);
  const [title, show] = METRICS[metric?.name] ?? [metric?.name, String];
  const score = metric ? [`${title} ${show(metric.before)} → ${show(metric.after)}`] : [];
  return [...score, ...unmet].join('; ');
}

function checkSection({ title, says, metric, isMet, loss }, models) {
  const rows = Object.entries(models).flatMap(([name, { variants }]) =>
    Object.entries(variants)
      .filter(([, row]) => row.metric?.name === metric)
      .map(([variant, row]) => [
        name,
        variant,
        loss(row.metric),
        isMet(row.metric) ? 'yes' : '**no**',
        grouped(row.bytes),
        speed(row),
      ]),
  );
  return [`## ${title}`, says, table(['model', 'variant', 'change', 'within', 'bytes', 'speed'], rows)];
}

function commands(models) {
  const all = Object.values(models).flatMap(({ variants }) => Object.values(variants));
  return all.map(({ command }) => command);
}

function speed({ speedup }) {
  if (!speedup) return '';
  const [median, low, high] = [speedup.median, speedup.low, speedup.high].map((value) => value.toFixed(2));
  return `${median}× (${low}–${high})`;
}

function decibels(value) {
  if (value === 'exact') return 'exact';
  return value === undefined ? '' : `${value.toFixed(1)} dB`;
}

function percent(share) {
  return `${(100 * share).toFixed(2)} %`;
}

function power(value) {
  return value === 0 ? '0' : value.toExponential(1);
}

function grouped(value) {
  return value.toLocaleString('en-US');
}
