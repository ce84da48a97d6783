/**
 * pare's public API: everything a program needs to do what the command line does. Semantic versioning applies to what
 * is exported here.
 */
export { type CleanRequest, clean } from './api/clean.ts';
export { type EvaluateRequest, type Evaluation, evaluate } from './api/evaluate.ts';
export { type QuantizeRequest, quantize } from './api/quantize.ts';
export { readModel } from './api/read-model.ts';
export { PareError } from './base/pare-error.ts';
export type { Cancellable, Progress } from './base/progress.ts';
export type { LoadOptions, Runner, Session } from './base/runner.ts';
export type { DataType, Tensor } from './base/tensor.ts';
export type { Batch, Dataset } from './data/dataset.ts';
export { datasetFromBatches } from './data/dataset-from-batches.ts';
export { datasetFromTensors } from './data/dataset-from-tensors.ts';
export { openDataset } from './data/open-dataset.ts';
export type { Report } from './evaluate/report.ts';
export { renderReportHtml } from './evaluate/report-html/render-report-html.ts';
export { cloneModel } from './onnx/clone-model.ts';
export type { Graph } from './onnx/ir/graph.ts';
export type { Model } from './onnx/ir/model.ts';
export type { Node } from './onnx/ir/node.ts';
export type { Value } from './onnx/ir/value.ts';
export { printModel } from './onnx/text/print-model.ts';
export { modelToBytes } from './onnx/write/write-model.ts';
export { writeModelFile as writeModel } from './onnx/write/write-model-file.ts';
export type { QuantizeResult } from './quantize/mode.ts';
export type { QuantizeOptions } from './quantize/options.ts';
export { ortNode } from './runtime/ort-node.ts';
