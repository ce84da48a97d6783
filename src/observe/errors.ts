import { PareError } from '../base/pare-error.ts';

/** A range or statistic was asked for before any value had been seen. */
export function nothingObserved(): PareError {
  return new PareError({
    code: 'nothing-observed',
    message: 'No value was observed, so there is nothing to derive a range or statistic from.',
    expected: 'at least one value',
    got: 'none',
    hint: 'Check that the calibration data is not empty and that the model computes this tensor.',
  });
}

/** An activation was NaN or infinite; `index` counts within the sample. */
export function nonFiniteActivation(value: number, index: number): PareError {
  return new PareError({
    code: 'non-finite-activation',
    message: `The sample holds ${value} at element ${index}.`,
    expected: 'finite values',
    got: String(value),
    hint: 'Check the preprocessing and the sample itself; a model that overflows on it cannot be calibrated with it.',
  });
}

/** The model does not make a value of that name. */
export function valueNotObserved(name: string): PareError {
  return new PareError({
    code: 'value-not-observed',
    message: `The model makes no value called "${name}".`,
    where: name,
    hint: 'Check the name with pare inspect.',
  });
}

/** Only float32 activations have a range to calibrate. */
export function unobservableType(name: string, dtype: string): PareError {
  return new PareError({
    code: 'unobservable-type',
    message: `The value "${name}" is ${dtype}; only float32 values can be observed.`,
    where: name,
    expected: 'float',
    got: dtype,
    hint: 'Leave the nodes that make and read it out with --exclude.',
  });
}
