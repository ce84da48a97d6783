import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { LoadOptions, NodeTime, OptimizationLevel, Runner, Session } from '../base/runner.ts';
import type { DataType, Tensor, TensorData } from '../base/tensor.ts';
import { engineApart } from './apart/engine-apart.ts';
import { engineMissing, engineRefused, runFailed, unsupportedElementType } from './errors.ts';
import { nodeTimesOfTrace } from './node-times-of-trace.ts';

type Ort = typeof import('onnxruntime-node');

/** Names onnxruntime-common gives the element types that may cross its border. */
const ortTypes: Partial<Record<DataType, string>> = {
  float: 'float32',
  double: 'float64',
  float16: 'float16',
  int8: 'int8',
  uint8: 'uint8',
  int16: 'int16',
  uint16: 'uint16',
  int32: 'int32',
  uint32: 'uint32',
  int64: 'int64',
  uint64: 'uint64',
  bool: 'bool',
  string: 'string',
};
const dataTypes = new Map(Object.entries(ortTypes).map(([ours, theirs]) => [theirs, ours as DataType]));

let profiles = 0;

/** Stands beside the built files. */
const ENGINE_PROGRAM = new URL('./engine-process.mjs', import.meta.url);

/**
 * ONNX Runtime's native CPU engine. `load` and `run` block the event loop while they work (research/ecosystem.md §1).
 * Throws `engine-missing` where onnxruntime-node is not installed.
 * @param engineProgram what engines apart run, for who bundles pare anew: the built `engine-process.mjs`
 */
export async function ortNode({
  engineProgram = ENGINE_PROGRAM,
}: {
  engineProgram?: URL;
} = {}): Promise<Runner> {
  const ort = await import('onnxruntime-node').catch((cause) => {
    throw engineMissing('onnxruntime-node', cause);
  });
  ort.env.logLevel = 'error';
  const version = ort.env.versions.node ?? ort.env.versions.common;
  return {
    engine: { name: 'onnxruntime-node', version },
    load: (model, options) => load(ort, model, options),
    optimize: (model, level) => optimize(ort, model, level),
    apart: () => engineApart(engineProgram),
  };
}

async function load(ort: Ort, model: Uint8Array, options: LoadOptions = {}): Promise<Session> {
  const profilePrefix = options.profile ? join(tmpdir(), `pare-${process.pid}-${profiles++}`) : undefined;
  const session = await ort.InferenceSession.create(model, sessionOptions(options, profilePrefix)).catch(
    (cause) => {
      throw engineRefused(cause);
    },
  );
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    run: (feeds, fetches) => run(ort, session, feeds, fetches ?? session.outputNames),
    profile: () => endProfiling(session, profilePrefix),
    close: () => session.release(),
  };
}

/** The engine hands out its rewritten graph only as a file. */
async function optimize(ort: Ort, model: Uint8Array, level: OptimizationLevel): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'pare-'));
  try {
    const optimizedModelPath = join(folder, 'optimized.onnx');
    const session = await load(ort, model, { level, optimizedModelPath });
    await session.close();
    return await readFile(optimizedModelPath);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function sessionOptions(
  options: LoadOptions,
  profilePrefix: string | undefined,
): InferenceSession.SessionOptions {
  const result: InferenceSession.SessionOptions = {
    graphOptimizationLevel: options.level ?? 'all',
    intraOpNumThreads: options.threads ?? 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 3,
  };
  if (options.optimizedModelPath) result.optimizedModelFilePath = options.optimizedModelPath;
  if (options.externalData) result.externalData = [...options.externalData];
  if (profilePrefix) Object.assign(result, { enableProfiling: true, profileFilePrefix: profilePrefix });
  return result;
}

async function run(
  ort: Ort,
  session: InferenceSession,
  feeds: Readonly<Record<string, Tensor>>,
  fetches: readonly string[],
): Promise<Record<string, Tensor>> {
  const theirs: Record<string, OrtTensor> = {};
  for (const [name, tensor] of Object.entries(feeds)) theirs[name] = toOrt(ort, tensor);
  const results = await session.run(theirs, [...fetches]).catch((cause) => {
    throw runFailed(cause);
  });
  return Object.fromEntries(fetches.map((name) => [name, fromOrt(results[name])]));
}

function toOrt(ort: Ort, tensor: Tensor): OrtTensor {
  const type = ortTypes[tensor.dtype];
  if (type === undefined) throw unsupportedElementType(tensor.dtype);
  // The pair (type, array) is right by Tensor's contract; onnxruntime-common checks it again at run time.
  return new ort.Tensor(type as 'float32', tensor.data as Float32Array, [...tensor.shape]);
}

function fromOrt(tensor: OrtTensor): Tensor {
  const dtype = dataTypes.get(tensor.type);
  if (dtype === undefined) throw unsupportedElementType(tensor.type);
  return { dtype, shape: tensor.dims, data: plainArray(tensor.data as TensorData) };
}

/** Newer Nodes give float16 as Float16Array; pare keeps its 16 bits in a Uint16Array everywhere. */
function plainArray(data: TensorData): TensorData {
  if (Object.prototype.toString.call(data) !== '[object Float16Array]') return data;
  const { buffer, byteOffset, byteLength } = data as Uint16Array;
  return new Uint16Array(buffer, byteOffset, byteLength / 2);
}

/** The engine writes its trace to a file whose name begins with the prefix and ends with a time stamp. */
async function endProfiling(session: InferenceSession, prefix: string | undefined): Promise<NodeTime[]> {
  if (!prefix) throw new Error('the session was not loaded with `profile`');
  session.endProfiling();
  const name = (await readdir(tmpdir())).find((file) => join(tmpdir(), file).startsWith(`${prefix}_`));
  if (!name) throw new Error(`ONNX Runtime wrote no trace at ${prefix}`);
  const path = join(tmpdir(), name);
  try {
    return nodeTimesOfTrace(JSON.parse(await readFile(path, 'utf8')));
  } finally {
    await rm(path, { force: true });
  }
}
