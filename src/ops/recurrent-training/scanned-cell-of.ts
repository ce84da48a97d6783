import type { Node } from '../../onnx/ir/node.ts';
import type { ScannedCell } from './scanned-cell.ts';
import { scannedGru, scannedGruResetLast } from './scanned-gru.ts';
import { scannedLstm } from './scanned-lstm.ts';

/** The cell of an LSTM or GRU (or of the composite made of one); undefined where none knows all it asks for. */
export function scannedCellOf(node: Node): ScannedCell | undefined {
  const type = node.string('cell') ?? node.opType;
  if (type === 'LSTM') return scannedLstm;
  if (type === 'GRU') return node.int('linear_before_reset') === 1 ? scannedGruResetLast : scannedGru;
  return undefined;
}
