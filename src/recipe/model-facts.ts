import type { Measured } from '../evaluate/report.ts';
import type { Model } from '../onnx/ir/model.ts';
import { countMacs } from '../ops/count-macs.ts';
import { countParameters } from '../ops/count-parameters.ts';

/** What can be said of a model without running it. @param bytes size of its file */
export async function modelFacts(
  model: Model,
  bytes: number,
): Promise<Pick<Measured, 'parameters' | 'macs' | 'bytes'>> {
  return { parameters: countParameters(model.graph), macs: (await countMacs(model)).total, bytes };
}
