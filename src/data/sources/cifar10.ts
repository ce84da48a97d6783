import { basename, resolve } from 'node:path';
import { type ByteFile, MAX_DATA_BYTES, openByteFile } from '../byte-file.ts';
import { dataPaths } from '../data-path.ts';
import { defineSource } from '../define-source.ts';
import { filesNotFound, fileTooLarge, malformedFile, splitNotStated } from '../errors.ts';
import { type FoundFiles, findFiles } from '../find-files.ts';
import { type ImageReader, imageSamples, type LabelledImage } from '../image-samples.ts';
import { preprocessOptions } from '../preprocess-options.ts';
import { strictObject } from '../strict-object.ts';

const SIDE = 32;
const PLANE = SIDE * SIDE;
/** One label byte, then the planes R, G, B. */
const RECORD_BYTES = 1 + 3 * PLANE;

const CLASS_NAMES = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
] as const;

const SPLIT_FILES = {
  train: /^data_batch_[^/]*\.bin(\.gz)?$/,
  test: /^test_batch[^/]*\.bin(\.gz)?$/,
} as const;

/** CIFAR-10 in its binary version: 32 × 32 RGB, 10 classes (Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html). */
export const cifar10 = defineSource({
  kind: 'cifar10',
  summary: 'CIFAR-10 binary batches: files of 3073-byte records, plain or gzip',
  splits: Object.keys(SPLIT_FILES),
  options: strictObject({ files: dataPaths, preprocess: preprocessOptions.prefault({}) }),

  async open({ files, preprocess }, { baseDir, where, split, signal }) {
    const found = await findFiles(files, baseDir, where);
    const batches: ByteFile[] = [];
    let bytes = 0;
    for (const name of batchNames(found, split)) {
      signal?.throwIfAborted();
      const batch = await openBatch(resolve(found.root, name));
      bytes += batch.length;
      if (bytes > MAX_DATA_BYTES) throw fileTooLarge(where, bytes, MAX_DATA_BYTES);
      batches.push(batch);
    }
    return imageSamples(batchReader(batches), preprocess, where);
  },
});

/** Of a folder the batches of one split, of a list all that was listed (or what of it belongs to the split). */
function batchNames({ root, names, by }: FoundFiles, split: string | undefined): readonly string[] {
  const bySplit = Object.entries(SPLIT_FILES).map(([name, pattern]) => ({
    name,
    files: names.filter((file) => pattern.test(by === 'folder' ? file : basename(file))),
  }));
  const wanted = split === undefined ? undefined : bySplit.find(({ name }) => name === split)?.files;
  if (wanted) {
    if (wanted.length === 0)
      throw filesNotFound(root, split === 'test' ? 'test_batch*.bin' : 'data_batch_*.bin');
    return wanted;
  }
  if (by === 'list') return names;
  const present = bySplit.filter(({ files }) => files.length > 0);
  if (present.length === 0) throw filesNotFound(root, 'data_batch_*.bin');
  if (present.length > 1)
    throw splitNotStated(
      root,
      present.map(({ name }) => name),
    );
  return present[0].files;
}

async function openBatch(path: string): Promise<ByteFile> {
  const batch = await openByteFile(path);
  if (batch.length === 0 || batch.length % RECORD_BYTES !== 0)
    throw malformedFile(path, `a multiple of ${RECORD_BYTES} bytes`, `${batch.length} bytes`);
  return batch;
}

function batchReader(batches: readonly ByteFile[]): ImageReader {
  const counts = batches.map((batch) => batch.length / RECORD_BYTES);
  return {
    length: counts.reduce((sum, count) => sum + count, 0),
    channels: 3,
    hasLabels: true,
    classNames: CLASS_NAMES,
    read: (index) => {
      let file = 0;
      let record = index;
      while (record >= counts[file]) record -= counts[file++];
      return readRecord(batches[file], record);
    },
  };
}

function readRecord(batch: ByteFile, record: number): LabelledImage {
  const where = `${batch.path}, record ${record}`;
  const bytes = batch.read(record * RECORD_BYTES, RECORD_BYTES);
  const label = bytes[0];
  if (label >= CLASS_NAMES.length)
    throw malformedFile(where, `a label of 0 .. ${CLASS_NAMES.length - 1}`, `${label}`);
  const data = new Uint8Array(3 * PLANE);
  for (let c = 0; c < 3; c++) for (let i = 0; i < PLANE; i++) data[3 * i + c] = bytes[1 + c * PLANE + i];
  return { image: { width: SIDE, height: SIDE, channels: 3, data }, label, where };
}
