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
  /** Input `index` (in the model's order) of the first data set; undefined where there is none. Tensors only. */
  input(index: number): Promise<Tensor | undefined>;
}

export const hasOnnxCases = existsSync(join(assetsFolder, 'conformance/onnx-cases.tar.gz'));

/** All backend cases of the assets. */
export function onnxCases(): OnnxCase[] {
  const folder = join(assetsFolder, 'conformance');
  const files = readTarGz(join(folder, 'onnx-cases.tar.gz'));
  const facts: Record<string, Pick<OnnxCase, 'ort'>> = JSON.parse(
    readFileSync(join(folder, 'onnx-cases.json'), 'utf8'),
  );
  return Object.entries(facts).flatMap(([name, { ort }]) => {
    const model = files.get(`onnx-cases/${name}/model.onnx`);
    const input = (index: number) => inputOf(files, name, index);
    return model ? [{ name, ort, model, input }] : [];
  });
}

async function inputOf(files: ReadonlyMap<string, Uint8Array>, name: string, index: number) {
  const bytes = files.get(`onnx-cases/${name}/test_data_set_0/input_${index}.pb`);
  if (!bytes) return undefined;
  const reader = new TensorReader(memorySource(bytes), [], undefined);
  return readTensorSource(reader.read(fromBinary(TensorProtoSchema, bytes)));
}
