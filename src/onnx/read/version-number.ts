import { notAnOnnxModel } from '../errors.ts';

/** A version of the IR or of an operator set: a small number in every honest file. */
export function versionNumber(version: bigint, sourceName: string): number {
  const number = Number(version);
  if (number < 0 || !Number.isSafeInteger(number)) {
    throw notAnOnnxModel(sourceName, `it claims to be of version ${version}`);
  }
  return number;
}
