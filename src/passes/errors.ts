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

export function badAssignment(flag: string, text: string, expected: string): PareError {
  return new PareError({
    code: 'bad-assignment',
    message: `--${flag} ${text} is not understood.`,
    where: `--${flag}`,
    got: text,
    expected,
    hint: 'What stands before the last = is the name.',
    isUsage: true,
  });
}

export function assignedTwice(flag: string, name: string): PareError {
  return new PareError({
    code: 'assigned-twice',
    message: `--${flag} is given twice for "${name}".`,
    where: `--${flag}`,
    hint: 'Keep the one that is meant.',
    isUsage: true,
  });
}

export function unknownShapeName(
  name: string,
  inputs: readonly string[],
  symbols: readonly string[],
): PareError {
  return new PareError({
    code: 'unknown-shape-name',
    message: `The model has no input and no open length called "${name}".`,
    got: name,
    expected: [
      ...inputs.map((input) => `input "${input}"`),
      ...symbols.map((symbol) => `length "${symbol}"`),
    ].join(', '),
    hint: 'pare inspect MODEL lists inputs with their lengths.',
    isUsage: true,
  });
}

export function badShape(name: string, shape: string, reason: string): PareError {
  return new PareError({
    code: 'bad-shape',
    message: `"${name}" cannot have the shape [${shape}]: ${reason}.`,
    where: `input "${name}"`,
    got: shape,
    hint: 'Only lengths the model leaves open can be chosen; what depends on the others is built into it.',
    isUsage: true,
  });
}

export function unknownInput(name: string, inputs: readonly string[]): PareError {
  return new PareError({
    code: 'unknown-input',
    message: `The model has no input called "${name}".`,
    got: name,
    expected: inputs.join(', '),
    isUsage: true,
  });
}

export function badFixedValue(name: string, reason: string, expected: string): PareError {
  return new PareError({
    code: 'bad-fixed-value',
    message: `"${name}" cannot be fixed: ${reason}.`,
    where: `input "${name}"`,
    expected,
    hint: 'Numbers, true or false, or lists of them as in [[1, 2], [3, 4]]; one number alone fills a known shape.',
    isUsage: true,
  });
}

export function unknownOutput(name: string, outputs: readonly string[]): PareError {
  const some = outputs.slice(0, 8).map((output) => `"${output}"`);
  return new PareError({
    code: 'unknown-output',
    message: `No node of the main graph makes a value called "${name}".`,
    got: name,
    expected: `an output, ${some.join(', ')}${outputs.length > some.length ? ' …' : ''}, or the name of an inner value`,
    isUsage: true,
  });
}
