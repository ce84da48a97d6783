import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import type { Tensor } from '../base/tensor.ts';
import { memorySource } from '../onnx/byte-source/memory-source.ts';
import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import { TensorProtoSchema } from '../onnx/proto/onnx_pb.ts';
import { TensorReader } from '../onnx/read/read-tensor.ts';
import { assetsFolder } from './assets-folder.ts';
import { readTarGz } from './read-tar-gz.ts';

/** One case of ONNX's backend test suite. */
export interface OnnxCase {
  readonly name: string;
  /** What ONNX Runtime's CPU engine does with it. */
  readonly ort: 'pass' | 'mismatch' | 'load/run error';
  readonly model: Uint8Array;
  /** How far outputs may be from the recorded ones: |got − expected| ≤ atol + rtol · |expected|. */
  readonly rtol: number;
  readonly atol: number;
  /** Input `index` (in the model's order) of the first data set; undefined where there is none. Tensors only. */
  input(index: number): Promise<Tensor | undefined>;
  /** The same of the recorded outputs. */
  output(index: number): Promise<Tensor | undefined>;
}

export const hasOnnxCases = existsSync(join(assetsFolder, 'conformance/onnx-cases.tar.gz'));

/** All backend cases of the assets. */
export function onnxCases(): OnnxCase[] {
  const folder = join(assetsFolder, 'conformance');
  const files = readTarGz(join(folder, 'onnx-cases.tar.gz'));
  const facts: Record<string, Pick<OnnxCase, 'ort'> & Partial<Pick<OnnxCase, 'rtol' | 'atol'>>> = JSON.parse(
    readFileSync(join(folder, 'onnx-cases.json'), 'utf8'),
  );
  return Object.entries(facts).flatMap(([name, { ort, rtol = 1e-3, atol = 1e-7 }]) => {
    const model = files.get(`onnx-cases/${name}/model.onnx`);
    const input = (index: number) => tensorOf(files, name, `input_${index}`);
    const output = (index: number) => tensorOf(files, name, `output_${index}`);
    return model ? [{ name, ort, rtol, atol, model, input, output }] : [];
  });
}

async function tensorOf(
  files: ReadonlyMap<string, Uint8Array>,
  name: string,
  tensor: string,
): Promise<Tensor | undefined> {
  const bytes = files.get(`onnx-cases/${name}/test_data_set_0/${tensor}.pb`);
  if (!bytes) return undefined;
  const reader = new TensorReader(memorySource(bytes), [], undefined);
  const source = reader.read(fromBinary(TensorProtoSchema, bytes));
  if (!source.strings) return readTensorSource(source);
  const data = source.strings.map((text) => new TextDecoder().decode(text));
  return { dtype: source.dtype, shape: source.shape, data };
}
