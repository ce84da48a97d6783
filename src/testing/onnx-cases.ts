import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tensor } from '../base/tensor.ts';
import { assetsFolder } from './assets-folder.ts';
import { readTarGz } from './read-tar-gz.ts';
import { readTensorBytes } from './read-tensor-bytes.ts';
import { tensorOfSource } from './tensor-of-source.ts';

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
  /** The bytes of input `index`, of whatever kind it is (`readCaseValue`); undefined where there is none. */
  inputBytes(index: number): Uint8Array | undefined;
  /** The same of the recorded outputs. */
  outputBytes(index: number): Uint8Array | undefined;
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
    const bytes = (file: string) => files.get(`onnx-cases/${name}/test_data_set_0/${file}.pb`);
    const inputBytes = (index: number) => bytes(`input_${index}`);
    const outputBytes = (index: number) => bytes(`output_${index}`);
    const input = async (index: number) => tensorOf(inputBytes(index));
    const output = async (index: number) => tensorOf(outputBytes(index));
    return model ? [{ name, ort, rtol, atol, model, input, output, inputBytes, outputBytes }] : [];
  });
}

function tensorOf(bytes: Uint8Array | undefined): Promise<Tensor> | undefined {
  return bytes && tensorOfSource(readTensorBytes(bytes));
}
