/**
 * pare's public API: everything a program needs to do what the command line does. Semantic versioning applies to what
 * is exported here.
 */
export { type CleanRequest, clean } from './api/clean.ts';
export { type DequantizeRequest, dequantize } from './api/dequantize.ts';
export { type EvaluateRequest, type Evaluation, evaluate } from './api/evaluate.ts';
export { type InspectModelRequest, inspect } from './api/inspect.ts';
export { type QuantizeRequest, quantize } from './api/quantize.ts';
export { readModel } from './api/read-model.ts';
export { type TrainRequest, train } from './api/train.ts';
export { PareError, type PareErrorDetails } from './base/pare-error.ts';
export type { Cancellable, OnProgress, Progress } from './base/progress.ts';
export type {
  LoadOptions,
  NodeTime,
  OptimizationLevel,
  Runner,
  RunnerApart,
  Session,
} from './base/runner.ts';
export type { DataType, Tensor, TensorData } from './base/tensor.ts';
export type { Batch, BatchOptions, Dataset, Judge, Task } from './data/dataset.ts';
export type { DatasetFile } from './data/dataset-file.ts';
export { datasetFromBatches, type StreamFacts } from './data/dataset-from-batches.ts';
export { type DatasetTensors, datasetFromTensors } from './data/dataset-from-tensors.ts';
export { type OpenDatasetOptions, openDataset } from './data/open-dataset.ts';
export type {
  Comparison,
  EpochReport,
  LayerReport,
  Measured,
  Report,
  TrainingReport,
} from './evaluate/report.ts';
export { renderReportHtml } from './evaluate/report-html/render-report-html.ts';
export { type ConvFacts, NetWriter } from './nn/net-writer.ts';
export { cloneModel } from './onnx/clone-model.ts';
export type { Attribute, AttributeValue } from './onnx/ir/attribute.ts';
export type { Graph } from './onnx/ir/graph.ts';
export type { Model, ModelFunction } from './onnx/ir/model.ts';
export type { Node, NodeFields } from './onnx/ir/node.ts';
export type { TensorSource } from './onnx/ir/tensor-source.ts';
export type { Dimension, OtherType, Shape, TensorType, ValueType } from './onnx/ir/type.ts';
export type { Use, Value } from './onnx/ir/value.ts';
export { type PrintOptions, printModel } from './onnx/text/print-model.ts';
export { modelToBytes } from './onnx/write/write-model.ts';
export { type WriteOptions, writeModelFile as writeModel } from './onnx/write/write-model-file.ts';
export type { WrittenAttributes } from './ops/graph-writer.ts';
export type { FixedScalar, FixedValue } from './passes/specialize/tensor-of-fixed-value.ts';
export type { DequantizeResult } from './quantize/dequantize/dequantize.ts';
export type { DequantizeOptions } from './quantize/dequantize/options.ts';
export type { QuantizeResult } from './quantize/mode.ts';
export type { QuantizeOptions } from './quantize/options.ts';
export type { MeasuredByRunning } from './recipe/compare-models.ts';
export type { Finding, InspectedLayer } from './recipe/inspect-layers.ts';
export type { ModelInspection, NamedType, OperatorCount } from './recipe/inspect-model.ts';
export type { ValueRange } from './recipe/inspect-ranges.ts';
export { ortNode } from './runtime/ort-node.ts';
export type { TrainOptions } from './train/options.ts';
export type { TrainResult } from './train/train.ts';
