import type { Answer } from './classification-output.ts';
import { floatValues } from './float-values.ts';

/** The output named, or the first, that is one floating point number a row; whether probabilities, all of them will tell. */
export function decisionOutput(
  { outputNames, outputs, samples }: Answer,
  named?: string,
): string | undefined {
  const candidates = named === undefined ? outputNames : [named];
  return candidates.find(
    (name) => Object.hasOwn(outputs, name) && floatValues(outputs[name])?.length === samples,
  );
}
