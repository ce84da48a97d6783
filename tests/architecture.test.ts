import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { losses } from '../src/autodiff/losses/index.generated.ts';
import { optimizers } from '../src/autodiff/optimizers/index.generated.ts';
import { sources } from '../src/data/sources/index.generated.ts';
import { metrics } from '../src/evaluate/metrics/index.generated.ts';
import { zoo } from '../src/nn/zoo/index.generated.ts';
import { observers } from '../src/observe/observers/index.generated.ts';
import { forms } from '../src/quantize/dequantize/forms/index.generated.ts';
import { floatFormats } from '../src/quantize/float-formats/index.generated.ts';
import { formats } from '../src/quantize/formats/index.generated.ts';
import { modes } from '../src/quantize/modes/index.generated.ts';
import { fileLayouts } from '../src/recipe/file-layouts/index.generated.ts';
import { targets } from '../src/targets/index.generated.ts';
import { dataTypes } from '../src/tensor/data-types.ts';
import { augmentations } from '../src/train/augmentations/index.generated.ts';
import { schedules } from '../src/train/schedules/index.generated.ts';
import { findCycles } from './find-cycles.ts';
import { readSourceFiles, type SourceFile, walk } from './source-file.ts';

/** The rooms of DESIGN.md, lowest first. Rooms of one row are siblings: none imports another. */
const ROOMS = [
  ['base'],
  ['tensor'],
  ['onnx'],
  ['ops'],
  ['passes'],
  ['autodiff', 'blocked', 'data', 'evaluate', 'nn', 'observe', 'runtime', 'targets'],
  ['pack', 'prune', 'quantize', 'restructure', 'train'],
  ['recipe'],
  ['search'],
  ['api', 'cli'],
  ['index.ts'],
];

/** Imports between siblings that are meant. */
const SIBLING_IMPORTS = [
  {
    from: ['evaluate', 'observe'],
    to: 'data/dataset.ts',
    reason: 'The dataset contract is what the services agree on; only its types are used.',
  },
];

/** Files that need Node; everything else must run in a browser. A name with `/` at its end is a whole folder. */
const NODE_FILES = [
  'cli/',
  'data/archive/read-tar.ts',
  'data/byte-file.ts',
  'data/csv/read-records.ts',
  'data/file-set.ts',
  'data/find-files.ts',
  'data/open-dataset.ts',
  'data/path-kind.ts',
  'data/read-dataset-file.ts',
  'data/read-image-labels.ts',
  'data/recognise-folder.ts',
  'data/sources/cifar10.ts',
  'data/sources/idx.ts',
  'data/sources/images.ts',
  'data/text/open-encoder.ts',
  'evaluate/file-facts.ts',
  'evaluate/peak-memory.ts',
  'onnx/byte-source/file-source.ts',
  'onnx/read/external-path.ts',
  'onnx/write/write-model-file.ts',
  'recipe/check-writable.ts',
  'recipe/checkpoint-folder.ts',
  'recipe/engine-facts.ts',
  'recipe/event-folder.ts',
  'recipe/is-same-file.ts',
  'recipe/output-paths.ts',
  'recipe/train-file.ts',
  'recipe/write-into-layout.ts',
  'recipe/write-report-page.ts',
  'recipe/write-results.ts',
  'recipe/write-run-folder.ts',
  'recipe/write-text-file.ts',
  'runtime/apart/engine-apart.ts',
  'runtime/apart/message-file.ts',
  'runtime/errors.ts',
  'runtime/ort-node.ts',
];

const MAX_FILE_LINES = 600;
const FILE_LINES_P90 = 300;
const FUNCTION_LINES_P90 = 40;

/** Words that are a record's name by chance. */
const OTHER_MEANINGS = [
  {
    path: 'data/recognise-folder.ts',
    word: 'images',
    reason: 'the folder beside labels.csv, not the kind of data',
  },
  ...['ops/gradients/slicing.ts', 'ops/slicing.ts', 'passes/fold-pad.ts'].map((path) => ({
    path,
    word: 'constant',
    reason: 'how Pad fills, not a course of the learning rate',
  })),
];

/** Every registry by its folder. Formats are named like ONNX data types, which may be compared: those are left out. */
const REGISTRIES: Record<string, Record<string, object>> = {
  'autodiff/losses': losses,
  'autodiff/optimizers': optimizers,
  'data/sources': sources,
  'evaluate/metrics': metrics,
  'nn/zoo': zoo,
  'observe/observers': observers,
  'quantize/float-formats': floatFormats,
  'quantize/dequantize/forms': forms,
  'quantize/formats': formats,
  'quantize/modes': modes,
  'recipe/file-layouts': fileLayouts,
  targets,
  'train/augmentations': augmentations,
  'train/schedules': schedules,
};

const files = readSourceFiles();
const program = files.filter((file) => !file.isTest && file.room !== 'testing');
const written = files.filter((file) => !file.isGenerated);

describe('imports', () => {
  test('every room has its place in the table', () => {
    const known = new Set(ROOMS.flat());
    expect([...new Set(program.map(({ room }) => room))].filter((room) => !known.has(room))).toEqual([]);
  });

  test('run downwards only, and not between siblings', () => {
    const level = new Map(ROOMS.flatMap((rooms, height) => rooms.map((room) => [room, height] as const)));
    const wrong = edgesOf(program, ({ room }, { to, isType }) => {
      const other = to.split('/')[0];
      const height = level.get(other);
      if (other === room || height === undefined) return false;
      const isMeant = SIBLING_IMPORTS.some((rule) => isType && rule.from.includes(room) && rule.to === to);
      return !isMeant && height >= (level.get(room) ?? -1);
    });
    expect(wrong).toEqual([]);
  });

  test('form no cycle', () => {
    const graph = new Map(
      program.map(({ path, imports }) => [path, imports.filter(({ isType }) => !isType).map(({ to }) => to)]),
    );
    expect(findCycles(graph)).toEqual([]);
  });

  test('reach ONNX Runtime in runtime/ort-* only', () => {
    const wrong = edgesOf(
      program,
      ({ path }, { to }) => to.startsWith('onnxruntime-') && !path.startsWith('runtime/ort-'),
    );
    expect(wrong).toEqual([]);
  });

  test('reach Node in the listed files only, and every listed file does', () => {
    const ofNode = program.filter(({ imports }) => imports.some(({ to }) => to.startsWith('node:')));
    const isIn = (path: string, entry: string) =>
      entry.endsWith('/') ? path.startsWith(entry) : path === entry;
    const unlisted = ofNode.filter(({ path }) => !NODE_FILES.some((entry) => isIn(path, entry)));
    expect(unlisted.map(({ path }) => path)).toEqual([]);
    const idle = NODE_FILES.filter((entry) => entry !== 'cli/' && !ofNode.some(({ path }) => path === entry));
    expect(idle).toEqual([]);
  });

  test('reach src/testing from tests only', () => {
    expect(edgesOf(program, (_, { to }) => to.startsWith('testing/'))).toEqual([]);
  });
});

describe('size', () => {
  test(`no file is longer than ${MAX_FILE_LINES} lines, 9 of 10 at most ${FILE_LINES_P90}`, () => {
    const long = written.filter(({ lines }) => lines > MAX_FILE_LINES);
    expect(long.map(({ path }) => path)).toEqual([]);
    expect(percentile90(written.map(({ lines }) => lines))).toBeLessThanOrEqual(FILE_LINES_P90);
  });

  test(`9 of 10 functions have at most ${FUNCTION_LINES_P90} lines`, () => {
    const lines = program
      .filter(({ isGenerated }) => !isGenerated)
      .flatMap(({ functionLines }) => functionLines);
    expect(percentile90(lines)).toBeLessThanOrEqual(FUNCTION_LINES_P90);
  });
});

describe('words', () => {
  test('no file or folder has a name that says nothing', () => {
    const vague = /(^|[/-])(utils?|helpers?|managers?)([./]|$)|(^|\/)(common|misc)([./]|$)/;
    expect(files.map(({ path }) => path).filter((path) => vague.test(path))).toEqual([]);
  });

  test('no type is `any`', () => {
    expect(placesOf(written, (node) => node.kind === ts.SyntaxKind.AnyKeyword)).toEqual([]);
  });

  test('nothing rounds half up', () => {
    const isRound = (node: ts.Node) => ts.isPropertyAccessExpression(node) && node.getText() === 'Math.round';
    expect(placesOf(written, isRound)).toEqual([]);
  });
});

describe('registries', () => {
  test.each(Object.entries(REGISTRIES))('records of %s are named as their files', (_, records) => {
    const names = Object.values(records).map((record) =>
      'kind' in record ? record.kind : 'name' in record && record.name,
    );
    expect(names).toEqual(Object.keys(records));
  });

  test.each(Object.entries(REGISTRIES))('nothing outside %s switches on a name of it', (folder, records) => {
    const names = Object.keys(records).filter((name) => !Object.hasOwn(dataTypes, name));
    const outside = program.filter(({ path }) => !path.startsWith(`${folder}/`));
    const switches = outside.flatMap((file) => {
      const meant = OTHER_MEANINGS.filter(({ path }) => path === file.path).map(({ word }) => word);
      const suspects = names.filter((name) => !meant.includes(name));
      return placesOf([file], (node) => isComparedWith(node, suspects));
    });
    expect(switches).toEqual([]);
  });
});

test('every test file expects something', () => {
  const idle = files.filter(({ isTest, text }) => isTest && !/\bexpect\w*[.(]|\bfc\.assert\(/.test(text));
  expect(idle.map(({ path }) => path)).toEqual([]);
});

function edgesOf(
  from: readonly SourceFile[],
  isWrong: (file: SourceFile, edge: SourceFile['imports'][number]) => boolean,
): string[] {
  return from.flatMap((file) =>
    file.imports.filter((edge) => isWrong(file, edge)).map(({ to }) => `${file.path} -> ${to}`),
  );
}

/** `path:line` of every node that the question is true of. */
function placesOf(within: readonly SourceFile[], question: (node: ts.Node) => boolean): string[] {
  return within.flatMap(({ path, syntax }) => {
    const places: string[] = [];
    walk(syntax, (node) => {
      if (!question(node)) return;
      places.push(`${path}:${syntax.getLineAndCharacterOfPosition(node.getStart()).line + 1}`);
    });
    return places;
  });
}

/** `x === 'name'`, `x !== 'name'` and `case 'name':`. */
function isComparedWith(node: ts.Node, names: readonly string[]): boolean {
  if (!ts.isStringLiteral(node) || !names.includes(node.text)) return false;
  if (ts.isCaseClause(node.parent)) return true;
  if (!ts.isBinaryExpression(node.parent)) return false;
  const operator = node.parent.operatorToken.kind;
  return (
    operator === ts.SyntaxKind.EqualsEqualsEqualsToken ||
    operator === ts.SyntaxKind.ExclamationEqualsEqualsToken
  );
}

function percentile90(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(0.9 * (values.length - 1))];
}
