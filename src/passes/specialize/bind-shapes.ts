import { valuesOf } from '../../onnx/ir/graph.ts';
import type { Model } from '../../onnx/ir/model.ts';
import type { Dimension, Shape, ValueType } from '../../onnx/ir/type.ts';
import type { Value } from '../../onnx/ir/value.ts';
import { badShape, unknownShapeName } from '../errors.ts';

/**
 * Lengths by the name of an input, or one length by the symbol of an open one (`batch`). In a list a text names an open
 * length, null leaves it as it is.
 */
export type ShapeChoices = Readonly<Record<string, number | Shape>>;

/** Sets open lengths of inputs; equal symbols are equal lengths, so one of them sets all, whatever states it. */
export function bindShapes(model: Model, choices: ShapeChoices): void {
  const inputs = new Map(
    model.graph.inputs.filter((v) => !v.initializer).map((value) => [value.name, value]),
  );
  const lengths = new Map<string, Dimension>();
  for (const [name, choice] of Object.entries(choices)) {
    const shape = typeof choice === 'number' ? [choice] : choice;
    const bad = shape.find((n) => typeof n === 'number' && !(Number.isSafeInteger(n) && n > 0));
    if (bad !== undefined) throw badShape(name, shape.join(), `${bad} is no length`);
    const input = inputs.get(name);
    if (input) bindInput(input, shape, lengths);
    else if (shape.length === 1 && symbolsOf(inputs.values()).includes(name))
      bind(name, shape[0], lengths, name);
    else throw unknownShapeName(name, [...inputs.keys()], symbolsOf(inputs.values()));
  }
  replaceSymbols(model, lengths);
}

function symbolsOf(inputs: Iterable<Value>): string[] {
  const dims = [...inputs].flatMap(({ type }) => (type?.kind === 'tensor' ? (type.shape ?? []) : []));
  return [...new Set(dims)].filter((n) => typeof n === 'string');
}

function bindInput(input: Value, shape: Shape, lengths: Map<string, Dimension>): void {
  const { name, type } = input;
  const text = shape.map((n) => n ?? '?').join();
  if (type?.kind !== 'tensor') throw badShape(name, text, 'it is no tensor');
  const old = type.shape ?? shape;
  if (old.length !== shape.length)
    throw badShape(name, text, `it has ${old.length} axes: [${old.map((n) => n ?? '?').join()}]`);
  for (const [axis, length] of shape.entries()) {
    const now = old[axis];
    if (typeof now === 'number' && length !== null && now !== length)
      throw badShape(name, text, `the model fixes the length of axis ${axis} at ${now}`);
    if (typeof now === 'string' && length !== null) bind(now, length, lengths, name);
  }
  input.type = { ...type, shape: old.map((n, axis) => n ?? shape[axis]) };
}

function bind(symbol: string, length: Dimension, lengths: Map<string, Dimension>, name: string): void {
  const other = lengths.get(symbol);
  if (other !== undefined && other !== length)
    throw badShape(name, `${length}`, `the length "${symbol}" was chosen as ${other} already`);
  lengths.set(symbol, length);
}

function replaceSymbols(model: Model, lengths: ReadonlyMap<string, Dimension>): void {
  if (lengths.size === 0) return;
  const chosen = (n: Dimension) => (typeof n === 'string' ? (lengths.get(n) ?? n) : n);
  const bound = (type: ValueType | undefined) =>
    type?.kind === 'tensor' && type.shape ? { ...type, shape: type.shape.map(chosen) } : type;
  for (const value of new Set(valuesOf(model.graph))) value.type = bound(value.type);
}
