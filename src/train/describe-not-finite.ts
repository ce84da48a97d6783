import type { NotFiniteInput } from './not-finite-input.ts';
import type { NotFiniteNode, NotFiniteOrigin } from './trace-not-finite.ts';

/** Where a step went wrong, as a part of a sentence. */
export function describeNotFinite(origin: NotFiniteOrigin): string {
  return origin.kind === 'input' ? inputInWords(origin) : nodeInWords(origin);
}

function inputInWords({ input, role, tensor, row, number }: NotFiniteInput): string {
  if (role === 'data') return `sample ${row} of the batch holds ${number} in "${input}"`;
  if (role === 'target') return `the target of sample ${row} of the batch holds ${number}`;
  const owner = tensor === undefined ? `"${input}"` : `"${tensor}"`;
  return `${HOLDERS[role]} ${owner} had become ${number} in the step before`;
}

const HOLDERS = {
  parameters: 'the parameter',
  statistics: 'the running statistic',
  state: "the optimizer's memory of",
} as const;

const PHASES = { forward: 'in the forward pass', backward: 'in its gradient', update: 'in the update' };

/** Numbers from here on are a sign of a run that explodes. */
const LARGE = 1e10;

function nodeInWords({ opType, node, hasNaN, largestInput, phase, layer }: NotFiniteNode): string {
  const place = `${layer.opType} "${layer.name}" ${PHASES[phase]}`;
  const isLayer = node !== '' && node === layer.name;
  const operator = isLayer ? '' : ` (operator ${opType})`;
  const size = largestInput >= LARGE ? ` from numbers up to ${largestInput.toPrecision(2)}` : '';
  return `${hasNaN ? 'NaN' : 'infinity'} arose at ${place}${operator}${size}`;
}
