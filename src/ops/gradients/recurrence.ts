import type { Value } from '../../onnx/ir/value.ts';
import type { GradientContext, GradientRule, GradientRules } from '../gradient.ts';
import { recurrenceFacts } from '../recurrent-training/recurrence-facts.ts';
import { RecurrenceLayout } from '../recurrent-training/recurrence-layout.ts';
import type { AllSteps, CellPlace, ScannedCell } from '../recurrent-training/scanned-cell.ts';
import { scannedCellOf } from '../recurrent-training/scanned-cell-of.ts';
import { writeScan } from '../recurrent-training/write-scan.ts';

interface Around extends CellPlace {
  readonly context: GradientContext;
  readonly cell: ScannedCell;
  readonly layout: RecurrenceLayout;
}

/** What a direction's Scan backwards gives. */
interface Back {
  readonly states: readonly Value[];
  readonly all: AllSteps;
}

/**
 * Back through the steps in a Scan over what the forward pass kept; what it collects is multiplied in one product over all
 * steps for all weights, and one for X.
 */
const recurrence: GradientRule = (context) => {
  const { node, write, wants } = context;
  const facts = recurrenceFacts(node);
  const layout = new RecurrenceLayout(write, facts);
  // The composite was made of a node that has a cell.
  const cell = scannedCellOf(node)!;
  const around: Around = { context, cell, layout, write, facts };
  const backs = facts.directions.map((isReverse, d) => back(around, d, isReverse));
  const rows = cell.gates * facts.hidden;
  const weights =
    wants(1) || wants(2) || wants(3) ? backs.map(({ all }) => cell.weightGradients(around, all)) : [];
  const joined = (index: number, parts: () => readonly Value[], shape: readonly number[]) =>
    wants(index) ? layout.joinWeights(parts(), shape) : undefined;
  const biases = () => weights.map(({ biases: both }) => write.op('Concat', [...both!], { axis: 0 }));
  return [
    wants(0) ? inputGradient(around, backs) : undefined,
    joined(1, () => weights.map(({ input }) => input), [rows, facts.features]),
    joined(2, () => weights.map((part) => part.recurrence), [rows, facts.hidden]),
    joined(3, biases, [2 * rows]),
    undefined,
    ...Array.from({ length: cell.states }, (_, i) =>
      wants(5 + i) ? layout.joinStates(backs.map(({ states }) => states[i])) : undefined,
    ),
  ];
};

export const recurrenceGradients: GradientRules = { Recurrence: recurrence };

function inputGradient({ context, cell, layout, ...place }: Around, backs: readonly Back[]): Value {
  const parts = backs.map(({ all }, d) =>
    cell.inputGradient(place, layout.weightsOf(context.node.inputs, d, cell.gates), all),
  );
  return layout.fromSamples(parts.length === 1 ? parts[0] : place.write.op('Add', parts));
}

function back({ context, cell, layout, ...place }: Around, direction: number, isReverse: boolean): Back {
  const { node, gradient } = context;
  const { write, facts } = place;
  const factorRows = cell.factorRows(facts);
  const columnRows = cell.columnRows(facts);
  const first = 1 + cell.states + direction * (factorRows.length + columnRows.length);
  const factors = factorRows.map((rows, i) => ({ value: node.outputs[first + i]!, rows }));
  const columns = columnRows.map((rows, i) =>
    layout.sideBySide(node.outputs[first + factorRows.length + i]!, rows),
  );
  const step = cell.backward(place, layout.weightsOf(node.inputs, direction, cell.gates));
  const dy = gradient(0);
  const dSteps = dy ? [{ value: layout.stepsOf(dy, direction), rows: facts.hidden }] : [];
  const states = Array.from({ length: cell.states }, (_, i) => ({
    value: layout.stateOf(gradient(1 + i), direction),
    rows: facts.hidden,
  }));
  const scan = writeScan(write, {
    states,
    scanned: [...factors, ...dSteps],
    columns: facts.batch,
    isReverse: !isReverse,
    body: (inner, [dh, ...others], slices) => {
      const own = slices[factors.length];
      const total = own ? inner.op('Add', [dh, own]) : dh;
      const { states: before, gates } = step(inner, [total, ...others], slices);
      return { states: before, stacked: gates };
    },
  });
  const gates = scan.stacked.map((value, i) => layout.sideBySide(value, cell.gateRows(facts)[i]));
  return { states: scan.states, all: { gates, columns } };
}
