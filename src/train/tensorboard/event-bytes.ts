import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { recordBytes } from './record-bytes.ts';

/** Numbers of one step. */
export interface ScalarEvent {
  readonly step: number;
  /** Seconds since 1970. */
  readonly wallTime: number;
  /** By what TensorBoard calls tags: `train/loss`, `rate` … */
  readonly values: Readonly<Record<string, number>>;
}

/** Field numbers of TensorFlow's event.proto and summary.proto. */
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5 };
const SUMMARY = { value: 1 };
const VALUE = { tag: 1, simpleValue: 2 };

/**
 * What a file of events for TensorBoard begins with; `scalarEvent`s are put behind it. TensorBoard reads files with
 * `tfevents` in their names.
 * @param wallTime seconds since 1970
 */
export function eventFileHeader(wallTime: number): Uint8Array {
  const event = eventAt(wallTime).tag(EVENT.fileVersion, WireType.LengthDelimited).string('brain.Event:2');
  return recordBytes(event.finish());
}

export function scalarEvent({ step, wallTime, values }: ScalarEvent): Uint8Array {
  const event = eventAt(wallTime).tag(EVENT.step, WireType.Varint).int64(step);
  event.tag(EVENT.summary, WireType.LengthDelimited).fork();
  for (const [name, value] of Object.entries(values)) {
    event.tag(SUMMARY.value, WireType.LengthDelimited).fork();
    event.tag(VALUE.tag, WireType.LengthDelimited).string(name);
    // The writer refuses numbers beyond float32; they are infinite there.
    event.tag(VALUE.simpleValue, WireType.Bit32).float(Math.fround(value)).join();
  }
  return recordBytes(event.join().finish());
}

function eventAt(wallTime: number): BinaryWriter {
  return new BinaryWriter().tag(EVENT.wallTime, WireType.Bit64).double(wallTime);
}
