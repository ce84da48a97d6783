// Writes src/onnx/proto/onnx_pb.ts from onnx.proto. Needs `protoc` (Debian: apt-get install protobuf-compiler) and is
// needed only when the schema changes.
import { spawnSync } from 'node:child_process';
import { delimiter, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const folder = join(root, 'src', 'onnx', 'proto');
const path = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);

const { status, error } = spawnSync(
  'protoc',
  ['-I', folder, `--es_out=${folder}`, '--es_opt=target=ts', 'onnx.proto'],
  { cwd: root, env: { ...process.env, PATH: path }, stdio: 'inherit' },
);
if (error !== undefined) {
  console.error(`protoc did not start (${error.message}). On Debian: apt-get install protobuf-compiler.`);
  process.exitCode = 1;
} else {
  process.exitCode = status ?? 1;
}
