import { PareError } from '../base/pare-error.ts';

export function badPattern(pattern: string, reason: string, cause?: unknown): PareError {
  return new PareError({
    code: 'bad-pattern',
    message: `The pattern "${pattern}" is not understood: ${reason}.`,
    got: pattern,
    expected: 'name:GLOB, type:OP, is:depthwise, is:pointwise or re:REGEX',
    hint: 'See docs/quantize.md.',
    cause,
    isUsage: true,
  });
}

export function patternWithoutMatch(pattern: string, names: readonly string[]): PareError {
  const some = names.slice(0, 8).map((name) => `"${name}"`);
  return new PareError({
    code: 'pattern-without-match',
    message: `No node matches the pattern "${pattern}".`,
    got: pattern,
    expected: `the name of a node, such as ${some.join(', ')}${names.length > some.length ? ' …' : ''}`,
    hint: 'pare inspect MODEL lists the names; a pattern may hold *.',
    isUsage: true,
  });
}
