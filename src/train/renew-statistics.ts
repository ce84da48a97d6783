import type { Value } from '../onnx/ir/value.ts';
import type { GraphWriter } from '../ops/graph-writer.ts';
import type { RunningStatistic } from '../ops/training-form.ts';
import { type FlatLayout, flatten } from './flat-layout.ts';
import { perElement } from './per-element.ts';

/** momentum · running + (1 − momentum) · batch, for all statistics at once; all nodes of a net share one momentum or few. */
export function renewStatistics(
  write: GraphWriter,
  running: Value,
  statistics: readonly RunningStatistic[],
  layout: FlatLayout,
): Value {
  const batch = flatten(
    write,
    statistics.map((statistic) => statistic.batch),
    layout,
  );
  const momenta = new Float32Array(layout.length);
  for (const [i, { offset, length }] of layout.entries.entries())
    momenta.fill(statistics[i].momentum, offset, offset + length);
  const momentum = perElement(write, momenta);
  const kept = write.op('Mul', [running, momentum]);
  const added = write.op('Mul', [batch, write.op('Sub', [write.scalar(1), momentum])]);
  return write.op('Add', [kept, added]);
}
