import type { DataType } from '../base/tensor.ts';
import { dataTypeOfCode } from '../tensor/data-types.ts';
import { nodePass } from './node-pass.ts';
import type { Pass } from './pass.ts';

interface NumberFacts {
  readonly kind: 'whole' | 'real';
  /** Bits that hold a value exactly, without the sign. */
  readonly digits: number;
  readonly isSigned: boolean;
  /** Largest exponent of two; 0 for whole numbers. */
  readonly exponent: number;
}

const whole = (digits: number, isSigned: boolean): NumberFacts => ({
  kind: 'whole',
  digits,
  isSigned,
  exponent: digits,
});
const real = (digits: number, exponent: number): NumberFacts => ({
  kind: 'real',
  digits,
  isSigned: true,
  exponent,
});

const numbers: Partial<Record<DataType, NumberFacts>> = {
  bool: whole(1, false),
  uint8: whole(8, false),
  int8: whole(7, true),
  uint16: whole(16, false),
  int16: whole(15, true),
  uint32: whole(32, false),
  int32: whole(31, true),
  uint64: whole(64, false),
  int64: whole(63, true),
  float16: real(11, 16),
  bfloat16: real(8, 128),
  float: real(24, 128),
  double: real(53, 1024),
};

/**
 * Cast → Cast becomes the second alone where the first loses nothing, and the second has no range to leave: whole
 * numbers wrap around where reals do not.
 */
export const mergeCasts: Pass = nodePass({
  name: 'merge-casts',
  summary: 'makes one cast of two in a row, where the first loses nothing',
  opTypes: ['Cast'],
  rewrite(second, { types }) {
    const first = second.inputs[0]?.producer;
    const data = first?.inputs[0];
    if (first?.opType !== 'Cast' || first.domain !== '' || !data) return false;
    const [from, between, to] = [types.get(data)?.dtype, castTo(first), castTo(second)].map(
      (dtype) => dtype && numbers[dtype],
    );
    if (!from || !between || !to || castTo(first) === 'bool' || !holds(between, from)) return false;
    if (to.kind === 'whole' && from.kind !== between.kind && !holds(to, from)) return false;
    second.setInput(0, data);
    return true;
  },
});

function castTo(cast: { int(name: string): number | undefined }): DataType | undefined {
  return dataTypeOfCode(cast.int('to') ?? 0);
}

/** Whether every number of the one type is one of the other. */
function holds(wide: NumberFacts, narrow: NumberFacts): boolean {
  if (wide.kind === 'whole' && narrow.kind === 'real') return false;
  if (narrow.isSigned && !wide.isSigned) return false;
  return wide.digits >= narrow.digits && wide.exponent >= narrow.exponent;
}
