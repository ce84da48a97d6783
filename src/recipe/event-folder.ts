import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EpochReport } from '../evaluate/report.ts';
import { cannotWrite } from '../onnx/errors.ts';
import { eventFileHeader, scalarEvent } from '../train/tensorboard/event-bytes.ts';

/**
 * Writes what becomes of each epoch where TensorBoard looks for it: an event file in the folder. A training that goes on
 * begins another file, which TensorBoard shows as one course with those before.
 */
export function eventFolder(folder: string): (epoch: EpochReport) => Promise<void> {
  let path: string | undefined;
  return async ({ step, loss, rate, validation = {} }) => {
    const wallTime = Date.now() / 1000;
    const values = {
      'train/loss': loss,
      'train/rate': rate,
      ...Object.fromEntries(Object.entries(validation).map(([name, value]) => [`validation/${name}`, value])),
    };
    const isNew = path === undefined;
    path ??= join(folder, `events.out.tfevents.${Math.floor(wallTime)}.${process.pid}.pare`);
    const event = scalarEvent({ step, wallTime, values });
    try {
      await mkdir(folder, { recursive: true });
      if (isNew) await appendFile(path, eventFileHeader(wallTime));
      await appendFile(path, event);
    } catch (cause) {
      throw cannotWrite(path, cause);
    }
  };
}
