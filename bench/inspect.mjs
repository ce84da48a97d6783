// How long `pare inspect` takes, whole process, on a generated model: layers of Conv + BatchNormalization + Relu + Add.
//   npm run build && node bench/inspect.mjs [NODES=20000]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const RUNS = 5;
const CHANNELS = 8;
const nodes = Number(process.argv[2] ?? 20_000);
const cli = resolve(import.meta.dirname, '../dist/cli.mjs');
const folder = mkdtempSync(join(tmpdir(), 'pare-inspect-'));
try {
  const path = join(folder, 'deep.onnx');
  writeFileSync(path, deepModel(Math.ceil(nodes / 4)));
  for (const flags of [[], ['--no-ranges'], ['--json']]) {
    const seconds = Array.from({ length: RUNS }, () => timeOf([cli, 'inspect', path, ...flags])).sort(
      (a, b) => a - b,
    );
    console.log(
      `inspect ${flags.join(' ').padEnd(12)} ${nodes} nodes: median ${seconds[RUNS >> 1].toFixed(2)} s, least ${seconds[0].toFixed(2)} s`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function timeOf(args) {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(stderr);
  return (performance.now() - start) / 1000;
}

/** Bytes of a ModelProto; field numbers are those of onnx.proto. */
function deepModel(layers) {
  const parts = [];
  let x = 'x';
  for (let i = 0; i < layers; i++) {
    const name = (part) => `layer${i}.${part}`;
    parts.push(node('Conv', [x, name('w')], name('c'), [intsAttribute('pads', [1, 1, 1, 1])]));
    const statistics = ['scale', 'b', 'mean', 'var'].map(name);
    parts.push(node('BatchNormalization', [name('c'), ...statistics], name('n')));
    parts.push(node('Relu', [name('n')], name('r')));
    parts.push(node('Add', [name('r'), x], name('y')));
    parts.push(bytes(5, tensor(name('w'), [CHANNELS, CHANNELS, 3, 3])));
    for (const part of statistics) parts.push(bytes(5, tensor(part, [CHANNELS])));
    x = name('y');
  }
  const io = (field, value) =>
    bytes(field, Buffer.concat([text(1, value), bytes(2, bytes(1, tensorType()))]));
  const graph = Buffer.concat([...parts, text(2, 'deep'), io(11, 'x'), io(12, x)]);
  return Buffer.concat([integer(1, 8), bytes(7, graph), bytes(8, integer(2, 17))]);
}

function node(type, inputs, output, attributes = []) {
  const names = inputs.map((input) => text(1, input));
  return bytes(
    1,
    Buffer.concat([
      ...names,
      text(2, output),
      text(3, `${output}/${type}`),
      text(4, type),
      ...attributes.map((a) => bytes(5, a)),
    ]),
  );
}

function intsAttribute(name, values) {
  return Buffer.concat([text(1, name), ...values.map((value) => integer(8, value)), integer(20, 7)]);
}

function tensor(name, shape) {
  const count = shape.reduce((a, b) => a * b, 1);
  const data = Float32Array.from({ length: count }, (_, i) => (((i * 7919) % 200) + 1) / 1000);
  return Buffer.concat([
    ...shape.map((n) => integer(1, n)),
    integer(2, 1),
    text(8, name),
    bytes(9, Buffer.from(data.buffer)),
  ]);
}

function tensorType() {
  const dims = [1, CHANNELS, 16, 16].map((n) => bytes(1, integer(1, n)));
  return Buffer.concat([integer(1, 1), bytes(2, Buffer.concat(dims))]);
}

function text(field, value) {
  return bytes(field, Buffer.from(value));
}

function bytes(field, payload) {
  return Buffer.concat([varint((field << 3) | 2), varint(payload.length), payload]);
}

function integer(field, value) {
  return Buffer.concat([varint(field << 3), varint(value)]);
}

function varint(value) {
  const groups = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...groups, rest]);
    groups.push((rest % 128) | 128);
  }
}
