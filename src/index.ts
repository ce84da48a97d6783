/**
 * pare's public API: everything a program needs to do what the command line does. Semantic versioning applies to what
 * is exported here.
 */
export { PareError } from './base/pare-error.ts';
export type { Cancellable, Progress } from './base/progress.ts';
export type { LoadOptions, Runner, Session } from './base/runner.ts';
export type { DataType, Tensor } from './base/tensor.ts';
export { bindInputs } from './data/bind-inputs.ts';
export type { Batch, Dataset } from './data/dataset.ts';
export { datasetFromBatches } from './data/dataset-from-batches.ts';
export { datasetFromTensors } from './data/dataset-from-tensors.ts';
export { openDataset } from './data/open-dataset.ts';
export { evaluateModel } from './evaluate/evaluate-model.ts';
export { evaluatePair } from './evaluate/evaluate-pair.ts';
export { measureLatencyPair } from './evaluate/latency/measure-latency-pair.ts';
export type { Report } from './evaluate/report.ts';
export { renderReportHtml } from './evaluate/report-html/render-report-html.ts';
export type { Observer, ObserverRecord } from './observe/observer.ts';
export { cloneModel } from './onnx/clone-model.ts';
export type { Graph } from './onnx/ir/graph.ts';
export type { Model } from './onnx/ir/model.ts';
export type { Node } from './onnx/ir/node.ts';
export type { Value } from './onnx/ir/value.ts';
export { readModel } from './onnx/read/read-model.ts';
export { readModelFile } from './onnx/read/read-model-file.ts';
export { modelToBytes } from './onnx/write/write-model.ts';
export { writeModelFile } from './onnx/write/write-model-file.ts';
export { clean } from './passes/clean.ts';
export type { QuantizeOptions } from './quantize/options.ts';
export { quantizeOptions } from './quantize/options.ts';
export { quantize } from './quantize/quantize.ts';
export { ortNode } from './runtime/ort-node.ts';
export { detectTarget } from './targets/detect-target.ts';
