import type { Node } from '../../onnx/ir/node.ts';
import { Value } from '../../onnx/ir/value.ts';
import { compositeDomain, recurrenceType, shapeOf } from '../composite-ops.ts';
import { directionsOf } from './directions-of.ts';
import { recurrenceFacts } from './recurrence-facts.ts';
import { scannedCellOf } from './scanned-cell-of.ts';

/** With fewer, products with a state of 0, which only steps written one by one can leave out, count more than what is saved. */
const FEWEST_STEPS = 12;

/** Inputs that no cell has a gradient for: lengths of the sequences, and peepholes. */
const [LENGTHS, PEEPHOLES] = [4, 7];

/**
 * Turns an LSTM or GRU as it mostly is into a composite, in place. Behind its own outputs the composite has what the gradient
 * is computed from: by direction the factors of all steps, [steps, rows, batch], and the columns of all products.
 * @param fewestSteps sequences that are shorter stay
 * @returns whether it was one
 */
export function toScannedForm(
  node: Node,
  shapeOfValue: (value: Value) => readonly number[],
  fewestSteps = FEWEST_STEPS,
): boolean {
  const cell = node.domain === '' && node.graph && isPlain(node) ? scannedCellOf(node) : undefined;
  if (!cell) return false;
  const [x, , recurrence] = node.inputs;
  const [first, second, features] = shapeOfValue(x!);
  const [steps, batch] = node.int('layout') === 1 ? [second, first] : [first, second];
  if (steps < fewestSteps) return false;
  const hidden = shapeOfValue(recurrence!)[2];
  const own = Array.from({ length: 1 + cell.states }, (_, i) => node.outputs[i]);
  const shapes = own.map((value) => (value ? shapeOfValue(value) : []));
  node.attributes.set('cell', { type: 'STRING', value: new TextEncoder().encode(node.opType) });
  node.setInt('steps', steps).setInt('batch', batch).setInt('features', features);
  node.setInt('hidden_size', hidden);
  node.domain = compositeDomain;
  node.opType = recurrenceType;
  const facts = recurrenceFacts(node);
  const rows = facts.directions.flatMap(() => [...cell.factorRows(facts), ...cell.columnRows(facts)]);
  const kept = rows.map(() => new Value(node.graph!.freshName(`${cell.states === 2 ? 'lstm' : 'gru'}/kept`)));
  node.setOutputs([...own, ...kept]);
  const all = [...shapes, ...rows.map((count) => [steps, count, batch])];
  for (const [i, shape] of all.entries()) node.setInts(shapeOf(i), shape);
  return true;
}

/** Whether it asks for nothing but the usual activations over full sequences. */
function isPlain(node: Node): boolean {
  const isExtended = [LENGTHS, PEEPHOLES].some((index) => node.inputs[index]);
  const isClipped = (node.float('clip') ?? 0) > 0;
  return !isExtended && !isClipped && node.int('input_forget') !== 1 && hasUsualActivations(node);
}

function hasUsualActivations(node: Node): boolean {
  const named = node.attributes.get('activations');
  if (!named) return true;
  if (named.type !== 'STRINGS') return false;
  const usual = node.opType === 'LSTM' ? ['sigmoid', 'tanh', 'tanh'] : ['sigmoid', 'tanh'];
  const all = directionsOf(node).flatMap(() => usual);
  return named.value.every((bytes, i) => new TextDecoder().decode(bytes).toLowerCase() === all[i]);
}
