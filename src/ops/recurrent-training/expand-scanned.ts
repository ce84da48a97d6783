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
  const isWanted = (value: Value | undefined) =>
    value !== undefined && (value.isUsed || node.graph!.outputs.includes(value));
  const wants = {
    steps: isWanted(node.outputs[0]),
    gradient: node.outputs.slice(1 + cell.states).some(isWanted),
  };
  let made: readonly ScanStep[] | undefined;
  const scans = () => {
    made ??= writeScans(node, write, layout, wants);
    return made;
  };
  const keptCount = cell.factorRows(facts).length + cell.columnRows(facts).length;
  return [
    () => layout.joinSteps(scans().map(({ stacked }) => stacked[stacked.length - 1])),
    ...Array.from(
      { length: cell.states },
      (_, i) => () => layout.joinStates(scans().map(({ states }) => states[i])),
    ),
    ...facts.directions.flatMap((_, d) =>
      Array.from({ length: keptCount }, (__, i) => () => write.op('Identity', [scans()[d].stacked[i]])),
    ),
  ];
}

/** By direction; h of all steps stands last, where it is wanted. */
function writeScans(
  node: Node,
  write: GraphWriter,
  layout: RecurrenceLayout,
  wants: { readonly steps: boolean; readonly gradient: boolean },
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
        const kept = wants.gradient ? [...factors, ...columns] : [];
        // A state and what is collected must be two values.
        return {
          states: next,
          stacked: [...kept, ...(wants.steps ? [inner.op('Identity', [next[0]])] : [])],
        };
      },
    });
  });
}
