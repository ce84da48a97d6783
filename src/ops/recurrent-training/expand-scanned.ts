import type { Node } from '../../onnx/ir/node.ts';
import type { Value } from '../../onnx/ir/value.ts';
import type { GraphWriter } from '../graph-writer.ts';
import { recurrenceFacts } from './recurrence-facts.ts';
import { RecurrenceLayout } from './recurrence-layout.ts';
import { scannedCellOf } from './scanned-cell-of.ts';
import { type ScanStep, writeScan } from './write-scan.ts';

/** The forward pass of a composite `toScannedForm` made: a Scan for each direction, which keeps what is read of it. */
export function expandScanned(node: Node, write: GraphWriter): (() => Value)[] {
  const facts = recurrenceFacts(node);
  // The composite was made of a node that has a cell.
  const cell = scannedCellOf(node)!;
  const layout = new RecurrenceLayout(write, facts);
  const keeps = node.outputs.slice(1 + cell.states).some((value) => value?.isUsed);
  let made: readonly ScanStep[] | undefined;
  const scans = (collects = false) => {
    made ??= writeScans(node, write, layout, { keeps, collects });
    return made;
  };
  const keptCount = cell.factorRows(facts).length + cell.columnRows(facts).length;
  return [
    // Asked for first, or not at all.
    () => layout.joinSteps(scans(true).map(({ stacked }) => stacked[stacked.length - 1])),
    ...Array.from(
      { length: cell.states },
      (_, i) => () => layout.joinStates(scans().map(({ states }) => states[i])),
    ),
    ...facts.directions.flatMap((_, d) =>
      Array.from({ length: keptCount }, (__, i) => () => write.op('Identity', [scans()[d].stacked[i]])),
    ),
  ];
}

/** By direction. `keeps` what the gradient reads; `collects` h of all steps, which stands last. */
function writeScans(
  node: Node,
  write: GraphWriter,
  layout: RecurrenceLayout,
  { keeps, collects }: { readonly keeps: boolean; readonly collects: boolean },
): ScanStep[] {
  const facts = recurrenceFacts(node);
  const cell = scannedCellOf(node)!;
  const { hidden, features, hasBias, batch } = facts;
  const x = { value: layout.columnsOf(node.inputs[0]!), rows: hasBias ? features + 1 : features };
  return facts.directions.map((isReverse, d) => {
    const step = cell.forward({ write, facts }, layout.weightsOf(node.inputs, d, cell.gates));
    const states = Array.from({ length: cell.states }, (_, i) => ({
      value: layout.stateOf(node.inputs[5 + i], d),
      rows: hidden,
    }));
    return writeScan(write, {
      states,
      scanned: [x],
      columns: batch,
      isReverse,
      name: node.name,
      body: (inner, own, [slice]) => {
        const { states: next, factors, columns } = step(inner, slice, own);
        const kept = keeps ? [...factors, ...columns] : [];
        // A state and what is collected must be two values.
        return {
          states: next,
          stacked: [...kept, ...(collects ? [inner.op('Identity', [next[0]])] : [])],
        };
      },
    });
  });
}
