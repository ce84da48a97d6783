import { describeTensor } from './classification-output.ts';
import { borderTooWide, nanAnswer, outputShapeDiffers } from './errors.ts';
import { floatValues } from './float-values.ts';
import type { ValueAnswer } from './metric.ts';
import type { AnswerReader } from './summed-tally.ts';
import { fitsValues } from './target-output.ts';
import { wantedNumbers } from './wanted-numbers.ts';

/**
 * Reads values answered and wanted of each row.
 * @param border entries at both ends of the last two axes of the targets that are not looked at
 * @throws PareError (when it reads) on answers that are no numbers and on targets too small for the border
 */
export function valueReader(name: string, border: number): AnswerReader<ValueAnswer> {
  return (output, { targets, rows, first }) => {
    const wanted = wantedNumbers(targets);
    const got = floatValues(output);
    if (!got || !fitsValues(output.shape, wanted.shape))
      throw outputShapeDiffers(name, `float[${wanted.shape}]`, describeTensor(output));
    const size = wanted.numbers.length / rows;
    const kept = keptIndices(wanted.shape, border);
    return Array.from({ length: rows }, (_, row) => {
      const answer = {
        wanted: kept(wanted.numbers.subarray(row * size, (row + 1) * size)),
        got: kept(got.subarray(row * size, (row + 1) * size)),
      };
      if (!answer.got.every(Number.isFinite)) throw nanAnswer(name, first + row);
      return answer;
    });
  };
}

/** Cuts the border off one row of targets of that shape, batch axis included. */
function keptIndices(
  shape: readonly number[],
  border: number,
): <T extends Float32Array | Float64Array>(values: T) => T {
  if (border === 0) return (values) => values;
  const [height, width] = shape.slice(1).slice(-2);
  if (shape.length < 3 || height <= 2 * border || width <= 2 * border) throw borderTooWide(border, shape);
  const isKept = (index: number) => {
    const x = index % width;
    const y = Math.floor(index / width) % height;
    return x >= border && x < width - border && y >= border && y < height - border;
  };
  // filter keeps the array's type.
  return (values) => values.filter((_, index) => isKept(index)) as typeof values;
}
