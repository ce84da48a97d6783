import { PareError } from '../base/pare-error.ts';

export function cannotUpgradeOperator(
  nodeName: string,
  opType: string,
  from: number,
  to: number,
  changedIn: number,
): PareError {
  return new PareError({
    code: 'cannot-upgrade-operator',
    message: `Node "${nodeName}" (${opType}) cannot be rewritten from operator set ${from} to ${to}: version ${changedIn} changed what it means.`,
    where: `${nodeName} (${opType})`,
    expected: `an operator that means the same in operator set ${to}, or one pare has an upgrade rule for`,
    got: `${opType} of operator set ${from}`,
    hint: `Export the model again with operator set ${changedIn} or newer.`,
  });
}

export function notConstant(nodeName: string, opType: string, input: number): PareError {
  return new PareError({
    code: 'no-gradient-rule',
    message: `No gradient is known for ${opType} "${nodeName}", whose input ${input} is not a constant.`,
    where: `${nodeName} (${opType}), input ${input}`,
    hint: 'Clean the model first, with fixed input shapes: pare clean --shape NAME=LENGTHS.',
  });
}
