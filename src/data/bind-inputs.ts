import type { Tensor } from '../base/tensor.ts';
import type { Batch, Dataset } from './dataset.ts';
import { batchDoesNotFit, inputsUnbound, sampleMisfit, unknownField, unknownModelInput } from './errors.ts';
import { initialState } from './initial-state.ts';

/** A model input that is no initializer. Axis 0 of `shape` is the batch; a symbolic length is a string. */
export interface ModelInput {
  readonly name: string;
  readonly shape: readonly (number | string)[];
  readonly dtype: string;
}

/**
 * The same data set with batches keyed by the model's inputs.
 *
 * A field feeds the input `mapping` says, else the input of its own name; one input alone and one field alone belong
 * together whatever their names are. Symbolic axes accept any length, so does a batch axis of 1.
 * Constants of the data set feed the inputs of their names, and inputs fed by `state` need no field: every batch holds
 * their initial value, that of the constant, else zeros. Throws a PareError at once for unknown inputs and constants that
 * do not fit, and with the first batch where an input finds no field, or a sample does not fit in rank, lengths or element
 * type; with any batch of another size than the model fixes.
 * @param mapping model input ← field
 */
export function bindInputs(
  dataset: Dataset,
  modelInputs: readonly ModelInput[],
  mapping: Readonly<Record<string, string>> = {},
): Dataset {
  const names = modelInputs.map(({ name }) => name);
  const { constants = {}, state = {}, name: where } = dataset;
  for (const input of Object.keys(mapping))
    if (!names.includes(input)) throw unknownModelInput(where, input, names);
  for (const input of Object.keys(constants))
    if (!names.includes(input)) throw unknownModelInput(where, input, names, 'constants');
  for (const input of Object.values(state))
    if (!names.includes(input)) throw unknownModelInput(where, input, names, 'state');
  const taken = new Set([...Object.keys(constants), ...Object.values(state)]);
  const fromFields = modelInputs.filter(({ name }) => !taken.has(name));
  for (const input of modelInputs)
    if (Object.hasOwn(constants, input.name)) checkConstant(constants[input.name], input, where);
  const fedBack = new Set(Object.values(state));
  const initial = modelInputs
    .filter(({ name }) => fedBack.has(name) && !Object.hasOwn(constants, name))
    .map((input) => [input.name, initialState(input, where)] as const);
  const unchanging = { ...constants, ...Object.fromEntries(initial) };
  return {
    ...dataset,
    batches: async function* (options) {
      for await (const batch of dataset.batches(options)) {
        const bound = bindBatch(batch, fromFields, mapping, where);
        yield { ...bound, inputs: { ...bound.inputs, ...unchanging } };
      }
    },
  };
}

function checkConstant({ dtype, shape }: Tensor, input: ModelInput, where: string): void {
  const fits =
    dtype === input.dtype &&
    shape.length === input.shape.length &&
    input.shape.every((length, axis) => typeof length === 'string' || length === shape[axis]);
  if (fits) return;
  throw sampleMisfit({
    where: `${where}: constants.${input.name}`,
    input: input.name,
    field: input.name,
    expected: `${input.dtype}[${input.shape.join(', ')}]`,
    got: `${dtype}[${shape.join(', ')}]`,
    hint: 'Set dtype and shape of the constant as the model has them, batch axis included.',
  });
}

function bindBatch(
  { inputs, ...rest }: Batch,
  modelInputs: readonly ModelInput[],
  mapping: Readonly<Record<string, string>>,
  where: string,
): Batch {
  const binding = chooseFields(Object.keys(inputs), modelInputs, mapping, where);
  const bound: Record<string, Tensor> = {};
  for (const input of modelInputs) {
    const field = binding.get(input.name) ?? input.name;
    const tensor = withUnitAxes(inputs[field], input);
    checkFit(tensor, input, field, where);
    bound[input.name] = tensor;
  }
  return { ...rest, inputs: bound };
}

/** Rows as a picture of one channel, [N, 1, H, W], also fit a model of [N, H, W], and the reverse. */
function withUnitAxes(tensor: Tensor, { shape }: ModelInput): Tensor {
  const [batch, ...lengths] = tensor.shape;
  if (shape.length === tensor.shape.length) return tensor;
  const longer = lengths.filter((n) => n !== 1);
  let next = 0;
  const fitted = shape.slice(1).map((wanted) => (wanted === 1 ? 1 : (longer[next++] ?? -1)));
  return next === longer.length && !fitted.includes(-1) ? { ...tensor, shape: [batch, ...fitted] } : tensor;
}

/** Field by model input. */
function chooseFields(
  fields: readonly string[],
  modelInputs: readonly ModelInput[],
  mapping: Readonly<Record<string, string>>,
  where: string,
): Map<string, string> {
  const names = modelInputs.map(({ name }) => name);
  for (const field of Object.values(mapping))
    if (!fields.includes(field)) throw unknownField(where, field, fields);
  const binding = new Map(Object.entries(mapping));
  if (binding.size === 0 && names.length === 1 && fields.length === 1)
    return new Map([[names[0], fields[0]]]);
  for (const name of names) if (!binding.has(name) && fields.includes(name)) binding.set(name, name);
  const unbound = names.filter((name) => !binding.has(name));
  if (unbound.length > 0) throw inputsUnbound(where, fields, names, unbound);
  return binding;
}

function checkFit(tensor: Tensor, input: ModelInput, field: string, where: string): void {
  const isRight =
    tensor.shape.length === input.shape.length &&
    input.shape.every(
      (length, axis) => axis === 0 || typeof length === 'string' || length === tensor.shape[axis],
    );
  if (isRight && tensor.dtype === input.dtype) {
    const [batch] = input.shape;
    if (typeof batch === 'number' && batch !== 1 && batch !== tensor.shape[0])
      throw batchDoesNotFit(where, input.name, batch, tensor.shape[0]);
    return;
  }
  throw sampleMisfit({
    where,
    input: input.name,
    field,
    expected: `${input.dtype}[${input.shape.join(', ')}]`,
    got: `${tensor.dtype}[${tensor.shape.join(', ')}]`,
    hint: isRight
      ? `The data gives ${tensor.dtype}; change the element type of the model's input.`
      : misfitHint(tensor.shape, input.shape),
  });
}

/** Names the preprocess key that is most likely wrong. */
function misfitHint(got: readonly number[], expected: readonly (number | string)[]): string {
  if (got.length !== 4 || expected.length !== 4)
    return `Images give 4 axes, the model's input has ${expected.length}; check that data and model belong together.`;
  const isChannels = (length: number | string) => length === 1 || length === 3;
  const [gotFirst, gotLast] = [isChannels(got[1]), isChannels(got[3])];
  const [wantsFirst, wantsLast] = [isChannels(expected[1]), isChannels(expected[3])];
  if (gotFirst && !gotLast && wantsLast && !wantsFirst) return 'Set preprocess.layout: nhwc.';
  if (gotLast && !gotFirst && wantsFirst && !wantsLast) return 'Set preprocess.layout: nchw.';

  const channelAxis = gotLast && !gotFirst ? 3 : 1;
  const [heightAxis, widthAxis] = channelAxis === 1 ? [2, 3] : [1, 2];
  const hints: string[] = [];
  if (isChannels(expected[channelAxis]) && expected[channelAxis] !== got[channelAxis])
    hints.push(`preprocess.color: ${expected[channelAxis] === 1 ? 'gray' : 'rgb'}`);
  const [height, width] = [expected[heightAxis], expected[widthAxis]];
  if (
    [heightAxis, widthAxis].some((axis) => typeof expected[axis] === 'number' && expected[axis] !== got[axis])
  )
    hints.push(
      height === width
        ? `preprocess.shortSide and preprocess.crop: ${height}`
        : `preprocess.resize or preprocess.crop: [${height}, ${width}]`,
    );
  return hints.length > 0 ? `Set ${hints.join(' and ')}.` : 'Check that data and model belong together.';
}
