// Writes `index.generated.ts` of every registry folder from the folder's listing, so that adding a record is adding one
// file. `--check` writes nothing and exits 1 when an index is stale; the tests run it so.
//
// In a registry folder the file `moving-average.ts` exports the constant `movingAverage`: the record named
// 'moving-average'. Folders marked `isShared` also hold other files; there a file is a record when it exports such a
// constant of the contract's type. `suffix` is added to every constant's name.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

const registries = [
  {
    folder: 'src/autodiff/losses',
    name: 'losses',
    contract: { type: 'Loss', from: '../loss.ts' },
    union: 'LossName',
    what: 'losses',
  },
  {
    folder: 'src/autodiff/optimizers',
    name: 'optimizers',
    contract: { type: 'Optimizer', from: '../optimizer.ts' },
    union: 'OptimizerName',
    what: 'optimizers',
  },
  {
    folder: 'src/data/sources',
    name: 'sources',
    contract: { type: 'Source', from: '../source.ts' },
    union: 'SourceKind',
    what: 'kinds of data sets, by the word after `kind:`',
  },
  {
    folder: 'src/evaluate/metrics',
    name: 'metrics',
    contract: { type: 'Metric', from: '../metric.ts' },
    union: 'MetricName',
    what: 'metrics',
  },
  {
    folder: 'src/nn/zoo',
    name: 'zoo',
    contract: { type: 'Net', from: '../net.ts' },
    union: 'NetName',
    what: 'known networks',
  },
  {
    folder: 'src/observe/observers',
    name: 'observers',
    contract: { type: 'ObserverRecord', from: '../observer.ts' },
    union: 'ObserverName',
    what: 'observers',
  },
  {
    folder: 'src/quantize/dequantize/forms',
    name: 'forms',
    contract: { type: 'Form', from: '../form.ts' },
    union: 'FormName',
    what: 'forms quantized numbers come in',
  },
  {
    folder: 'src/quantize/float-formats',
    name: 'floatFormats',
    contract: { type: 'FloatFormat', from: '../float-format.ts' },
    union: 'FloatFormatName',
    what: 'floating-point formats',
  },
  {
    folder: 'src/quantize/formats',
    name: 'formats',
    contract: { type: 'Format', from: '../format.ts' },
    union: 'FormatName',
    what: 'number formats',
  },
  {
    folder: 'src/quantize/level-formats',
    name: 'levelFormats',
    contract: { type: 'LevelFormatRecord', from: '../level-format.ts' },
    union: 'LevelFormatName',
    what: 'formats whose codes stand for a few numbers',
  },
  {
    folder: 'src/quantize/grid-methods',
    name: 'gridMethods',
    contract: { type: 'GridMethod', from: '../grid-method.ts' },
    union: 'GridMethodName',
    what: 'ways to find the grid of a group of weights',
  },
  {
    folder: 'src/quantize/rounding-methods',
    name: 'roundingMethods',
    contract: { type: 'RoundingMethod', from: '../rounding-method.ts' },
    union: 'RoundingMethodName',
    what: 'ways to choose codes so that layers change least',
  },
  {
    folder: 'src/quantize/layouts',
    name: 'layouts',
    contract: { type: 'Layout', from: '../layout.ts' },
    union: 'LayoutName',
    what: 'layouts of quantized models',
  },
  {
    folder: 'src/quantize/modes',
    name: 'modes',
    contract: { type: 'Mode', from: '../mode.ts' },
    union: 'ModeName',
    what: 'modes of quantization',
    // `static` is a reserved word.
    suffix: 'Mode',
  },
  {
    folder: 'src/recipe/file-layouts',
    name: 'fileLayouts',
    contract: { type: 'FileLayout', from: '../file-layout.ts' },
    union: 'FileLayoutName',
    what: 'layouts of files',
  },
  {
    folder: 'src/targets',
    name: 'targets',
    contract: { type: 'Target', from: './target.ts' },
    union: 'TargetName',
    what: 'targets',
    isShared: true,
  },
  {
    folder: 'src/train/augmentations',
    name: 'augmentations',
    contract: { type: 'Augmentation', from: '../augmentation.ts' },
    union: 'AugmentationName',
    what: 'augmentations',
  },
  {
    folder: 'src/train/schedules',
    name: 'schedules',
    contract: { type: 'Schedule', from: '../schedule.ts' },
    union: 'ScheduleName',
    what: 'courses of the learning rate',
  },
];

const isCheck = process.argv.includes('--check');
const stale = registries.filter((registry) => !refresh(registry));
if (isCheck && stale.length > 0) {
  const files = stale.map(({ folder }) => join(folder, 'index.generated.ts')).join(', ');
  console.error(`Stale: ${files}. Run \`npm run generate\`.`);
  process.exitCode = 1;
}

/** True when the index on disk was up to date. */
function refresh(registry) {
  const path = join(root, registry.folder, 'index.generated.ts');
  const source = render(registry, recordsIn(registry));
  if (existsSync(path) && readFileSync(path, 'utf8') === source) return true;
  if (!isCheck) {
    writeFileSync(path, source);
    console.log(`wrote ${relative(root, path)}`);
  }
  return false;
}

function recordsIn({ folder, contract, suffix = '', isShared = false }) {
  const records = readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.ts') && !/\.(test|generated)\.ts$/.test(file) && file !== 'index.ts')
    .map((file) => file.slice(0, -'.ts'.length))
    .sort();
  return records.flatMap((key) => {
    const constant = key.replace(/-(\w)/g, (_, letter) => letter.toUpperCase()) + suffix;
    const source = readFileSync(join(root, folder, `${key}.ts`), 'utf8');
    const type = isShared ? `: ${contract.type}\\b` : '\\b';
    if (new RegExp(`^export const ${constant}${type}`, 'm').test(source)) return [{ key, constant }];
    if (isShared) return [];
    throw new Error(`${folder}/${key}.ts must export the record as \`const ${constant}\`.`);
  });
}

function render({ name, contract, union, what }, records) {
  const entries = records.map(({ key, constant }) =>
    key === constant ? key : `${/^\w+$/.test(key) ? key : `'${key}'`}: ${constant}`,
  );
  return `// Made by scripts/generate-indexes.mjs from the files of this folder: do not edit.
import type { ${contract.type} } from '${contract.from}';
${records.map(({ key, constant }) => `import { ${constant} } from './${key}.ts';`).join('\n')}

/** All ${what}. */
export const ${name} = {
${entries.map((entry) => `  ${entry},`).join('\n')}
} as const satisfies Record<string, ${contract.type}>;

export type ${union} = keyof typeof ${name};
`;
}
