import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { reportSchema } from '../../src/evaluate/report.ts';
import { calibration, runCli, strokes } from './run-cli.ts';

const root = mkdtempSync(join(tmpdir(), 'pare-mistakes-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const model = readFileSync(strokes);
/** A new folder with everything a request could get wrong. */
function workFolder(): string {
  const cwd = mkdtempSync(join(root, 'run-'));
  mkdirSync(join(cwd, 'folder.onnx'));
  const contents = {
    'out.onnx': 'old',
    'text.onnx': 'hello there, this is text',
    'empty.onnx': '',
    'truncated.onnx': model.subarray(0, 50_000),
    'picture.onnx': Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0),
    'wide.json': '{"kind":"synthetic","set":"strokes","preprocess":{"crop":20}}',
    'huge.json': '{"kind":"synthetic","set":"strokes","samples":20,"preprocess":{"scale":1e38,"mean":-1e38}}',
    'bad.yaml': 'kind: imagez',
    'lock.yaml': 'schema: pare.lock/1',
  };
  for (const [name, content] of Object.entries(contents)) writeFileSync(join(cwd, name), content);
  return cwd;
}

const quantize = (...more: string[]) => ['quantize', strokes, '-o', 'out.onnx', ...calibration, ...more];
const input = (name: string) => ['quantize', name, '-o', 'out.onnx', ...calibration];
const to = (output: string) => ['quantize', strokes, '-o', output, ...calibration];
const data = (name: string) => ['quantize', strokes, '-o', 'out.onnx', '--data', name];

const wrongRequests: [string, string[], RegExp][] = [
  ['no model of that name', input('none.onnx'), /There is no file "none\.onnx"/],
  ['text as a model', input('text.onnx'), /"text\.onnx" is not an ONNX model/],
  ['an empty file', input('empty.onnx'), /"empty\.onnx" is not an ONNX model: it is empty/],
  ['a truncated model', input('truncated.onnx'), /"truncated\.onnx" is not an ONNX model/],
  ['a picture', input('picture.onnx'), /"picture\.onnx" is not an ONNX model/],
  ['a folder as a model', input('folder.onnx'), /"folder\.onnx" cannot be read/],
  ['no data', ['quantize', strokes, '-o', 'out.onnx'], /hint +Give --data/],
  ['no data of that name', data('none.yaml'), /There is no file or folder "none\.yaml"/],
  ['a wrong dataset file', data('bad.yaml'), /imagez/],
  ['data of another shape', data('wide.json'), /got +float\[1, 1, 20, 20\]/],
  ['evaluation data of another shape', quantize('--eval-data', 'wide.json'), /got +float\[1, 1, 20, 20\]/],
  ['no -o', ['quantize', strokes, ...calibration], /required option '-o, --output <path>'/],
  ['two models', ['quantize', strokes, strokes, '-o', 'out.onnx'], /too many arguments/],
  ['an unknown command', ['quantise'], /Did you mean quantize\?/],
  ['an unknown flag', quantize('--treads', '1'), /Did you mean --threads\?/],
  ['an unknown target', quantize('--target', 'foo'), /Choose one of: auto, /],
  [
    'options out of range',
    quantize('--samples', '0', '--max-drop', '-1', '--observer', 'foo'),
    /--observer must be one of .*, not "foo"; --samples must be at least 1, not 0; --max-drop must be at least 0, not -1/,
  ],
  ['an output without a name', ['quantize', strokes, '-o', '', ...calibration], /empty name/],
  [
    'a block of no power of 2',
    quantize('--granularity', 'block:7'),
    /--granularity must be .*block:N, with N a power of 2 from 8 to 4096, not "block:7"/,
  ],
  [
    'no threads and a broken seed',
    quantize('--threads', '0', '--seed', '1.5'),
    /--threads must be .*--seed must be a whole number/,
  ],
  ['samples in words', quantize('--samples', 'many'), /'many' is invalid/],
  ['a pattern without a match', quantize('--exclude', 'zzz*'), /No node matches the pattern "zzz\*"/],
  ['a pattern that is none', quantize('--exclude', 're:('), /The pattern "re:\(" is not understood/],
  ['an output in no folder', to('none/out.onnx'), /there is no folder "none"/],
  ['an output that is a folder', to('folder.onnx'), /"folder\.onnx" is a folder/],
  ['an output that is another file', to('bad.yaml'), /"bad\.yaml" is a file that is there already/],
  ['a page in no folder', quantize('--report', 'none/a.html'), /there is no folder "none"/],
  ['a page with a model name', quantize('--report', 'out.onnx'), /cannot be called "out\.onnx"/],
  ['a broken lock', [...data('wide.json'), '--lock', 'lock.yaml'], /"lock\.yaml" is not a lock file/],
  [
    'a lock and options',
    quantize('--lock', 'lock.yaml', '--no-bias-correction'),
    /--samples, --no-bias-correction would/,
  ],
];

describe.concurrent('wrong requests end with 2, say why, and touch nothing', () => {
  test.each(wrongRequests)('%s', async (_, args, message) => {
    const cwd = workFolder();
    const files = readdirSync(cwd);
    const { code, stdout, stderr } = await runCli([...args, '--json'], { cwd });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(code).toBe(2);
    const report = reportSchema.parse(JSON.parse(stdout));
    expect(report.error?.message.length).toBeGreaterThan(0);
    expect(readdirSync(cwd)).toEqual(files);
    expect(readFileSync(join(cwd, 'out.onnx'), 'utf8')).toBe('old');
  });
});

test('a model that is the output is refused', async () => {
  const cwd = workFolder();
  writeFileSync(join(cwd, 'mine.onnx'), model);
  const { code, stderr } = await runCli(['quantize', 'mine.onnx', '-o', './mine.onnx', ...calibration], {
    cwd,
  });
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/is the input file itself/) });
  expect(readFileSync(join(cwd, 'mine.onnx')).equals(model)).toBe(true);
});

test('a quantized model is not quantized again', async () => {
  const cwd = workFolder();
  await runCli(['quantize', strokes, '-o', 'q.onnx', ...calibration, '--quiet'], { cwd });
  const { code, stderr } = await runCli(['quantize', 'q.onnx', '-o', 'out.onnx', ...calibration], { cwd });
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/is quantized already/) });
});

test('data with infinities end with 1, and name the value', async () => {
  const cwd = workFolder();
  const { code, stderr } = await runCli(data('huge.json'), { cwd });
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/Value "pixels".*Infinity/) });
  expect(readFileSync(join(cwd, 'out.onnx'), 'utf8')).toBe('old');
});

test.skipIf(process.getuid?.() === 0)('a folder that may not be written to', async () => {
  const cwd = workFolder();
  chmodSync(cwd, 0o500);
  const { code, stderr } = await runCli(to('new.onnx'), { cwd });
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/may not be written to/) });
});

test('PARE_DEBUG=1 shows where', async () => {
  const cwd = workFolder();
  const { stderr } = await runCli(['inspect', 'none.onnx'], { cwd, env: { PARE_DEBUG: '1' } });
  expect(stderr).toMatch(/^ +at /m);
});
