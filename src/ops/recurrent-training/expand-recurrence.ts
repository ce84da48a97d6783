import type { Node } from '../../onnx/ir/node.ts';
import type { Value } from '../../onnx/ir/value.ts';
import { GraphWriter } from '../graph-writer.ts';
import { replaceNode } from '../replace-node.ts';
import type { Cell, CellState } from './cell.ts';
import { gruCell } from './gru-cell.ts';
import { lstmCell } from './lstm-cell.ts';
import { Recurrence } from './recurrence.ts';
import { rnnCell } from './rnn-cell.ts';

const cells: Readonly<Record<string, Cell>> = { LSTM: lstmCell, GRU: gruCell, RNN: rnnCell };

/**
 * Replaces an LSTM, GRU or RNN by its steps, one after the other, in operators that have gradients. They read the same W, R
 * and B, so what is trained needs no translation back.
 * @returns whether it was one, of a form that is known
 */
export function expandRecurrence(node: Node, shapeOf: (value: Value) => readonly number[]): boolean {
  const cell = node.domain === '' && Object.hasOwn(cells, node.opType) ? cells[node.opType] : undefined;
  const { graph } = node;
  if (!cell || !graph) return false;
  const write = new GraphWriter(graph);
  const recurrence = Recurrence.of(node, cell, { write, shapeOf });
  if (!recurrence) return false;
  const runs = recurrence.directions.map((_, d) => run(recurrence, d));
  const states = Array.from(
    { length: cell.states },
    (_, i) => () => recurrence.joinStates(runs.map(({ state }) => state[i]!)),
  );
  replaceNode(node, [() => recurrence.joinSteps(runs.map(({ steps }) => steps)), ...states]);
  return true;
}

interface Run {
  /** h of each step, in the order of the input; 0 behind a sequence's end. */
  readonly steps: readonly Value[];
  readonly state: CellState;
}

/** Steps through one direction. */
function run(recurrence: Recurrence, direction: number): Run {
  const { steps: count, isReverse } = recurrence.facts(direction);
  const cell = recurrence.cellOf(direction);
  const projected = recurrence.project(direction, cell);
  const order = Array.from({ length: count }, (_, t) => (isReverse ? count - 1 - t : t));
  const steps = new Array<Value>(count);
  let state: CellState = recurrence.initialState(direction);
  for (const t of order) {
    const next = cell.step(projected[t], state);
    const hold = recurrence.holdAt(t);
    steps[t] = hold ? hold(next[0], undefined) : next[0];
    state = hold ? next.map((value, i) => hold(value, state[i])) : next;
  }
  return { steps, state };
}
