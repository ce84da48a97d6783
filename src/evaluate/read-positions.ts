import { describeTensor } from './classification-output.ts';
import { nanAnswer, outputShapeDiffers, targetOutOfRange } from './errors.ts';
import { floatValues } from './float-values.ts';
import type { PositionAnswer } from './metric.ts';
import type { AnswerReader } from './summed-tally.ts';
import { fitsPositions } from './target-output.ts';
import { wantedNumbers } from './wanted-numbers.ts';

/**
 * Reads the scores at each position of each row and the class wanted there.
 * @throws PareError (when it reads) on NaN scores and on targets that are no class of the model
 */
export function positionReader(name: string): AnswerReader<PositionAnswer> {
  return (output, { targets, rows, first }) => {
    const wanted = wantedNumbers(targets);
    const scores = floatValues(output);
    if (!scores || !fitsPositions(output.shape, wanted.shape))
      throw outputShapeDiffers(name, `float[${wanted.shape},classes]`, describeTensor(output));
    const classCount = output.shape[output.shape.length - 1];
    for (const target of wanted.numbers) if (target >= classCount) throw targetOutOfRange(target, classCount);
    const positions = wanted.numbers.length / rows;
    return Array.from({ length: rows }, (_, row) => {
      const from = row * positions;
      const answer = {
        classCount,
        wanted: wanted.numbers.subarray(from, from + positions),
        scores: scores.subarray(from * classCount, (from + positions) * classCount),
      };
      if (answer.scores.some(Number.isNaN)) throw nanAnswer(name, first + row);
      return answer;
    });
  };
}
