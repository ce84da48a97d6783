import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type ByteFile, MAX_DATA_BYTES, openByteFile } from '../byte-file.ts';
import { dataPath } from '../data-path.ts';
import { defineSource } from '../define-source.ts';
import { datasetMissing, filesNotFound, malformedFile, splitNotStated } from '../errors.ts';
import { imageSamples } from '../image-samples.ts';
import { pathKind } from '../path-kind.ts';
import { preprocessOptions } from '../preprocess-options.ts';
import { MAX_IMAGE_PIXELS } from '../raw-image.ts';
import { strictObject } from '../strict-object.ts';

const IMAGES_FILE = /^(.*)-images[-.]idx3-ubyte(\.gz)?$/;

/** Beginnings of the file names of each split, as MNIST and its descendants have them. */
const SPLIT_PREFIXES: Readonly<Record<string, readonly string[]>> = {
  train: ['train'],
  test: ['t10k', 'test'],
};

/**
 * IDX files (http://yann.lecun.com/exdb/mnist): big-endian header 0, 0, type, rank, then one uint32 a dimension, then the
 * values. Here type is 8 (unsigned byte): rank 3 for grey images, rank 1 for labels.
 */
export const idx = defineSource({
  kind: 'idx',
  summary: 'IDX files of grey images and of labels (MNIST and alike), plain or gzip',
  splits: Object.keys(SPLIT_PREFIXES),
  options: strictObject({
    files: dataPath,
    labels: dataPath.optional(),
    preprocess: preprocessOptions.prefault({}),
  }),

  async open({ files, labels, preprocess }, { baseDir, where, split }) {
    const given = { images: resolve(baseDir, files), labels: labels && resolve(baseDir, labels) };
    const paths = await chooseFiles(given, split);
    const images = await openIdx(paths.images, 3);
    const [count, height, width] = images.dimensions;
    if (height === 0 || width === 0 || height * width > MAX_IMAGE_PIXELS)
      throw malformedFile(paths.images, 'images of 1 pixel to 64 Mi pixels', `${height} × ${width}`);
    const classes = paths.labels === undefined ? undefined : await readLabels(paths.labels, count);

    const reader = {
      length: count,
      channels: 1 as const,
      hasLabels: classes !== undefined,
      read: (index: number) => ({
        image: { width, height, channels: 1 as const, data: images.item(index) },
        ...(classes && { label: classes[index] }),
        where: `${paths.images}, image ${index}`,
      }),
    };
    return imageSamples(reader, preprocess, where);
  },
});

interface IdxPaths {
  images: string;
  labels: string | undefined;
}

/** The files as given or, where `images` is a folder, the pair of the split in it. */
async function chooseFiles(given: IdxPaths, split: string | undefined): Promise<IdxPaths> {
  const kind = await pathKind(given.images);
  if (kind !== 'folder' && kind !== 'file') throw datasetMissing(given.images);
  const pairs =
    kind === 'folder' ? await pairsIn(given.images) : [{ ...given, split: splitOf(given.images) }];
  const wanted = split === undefined ? pairs : pairs.filter((pair) => pair.split === split);
  if (wanted.length === 0) throw filesNotFound(given.images, '*-images-idx3-ubyte');
  if (wanted.length > 1)
    throw splitNotStated(
      given.images,
      wanted.map((pair) => pair.split),
    );
  const labels = given.labels ?? wanted[0].labels;
  if (labels !== undefined && (await pathKind(labels)) !== 'file') throw datasetMissing(labels);
  return { images: wanted[0].images, labels };
}

async function pairsIn(folder: string) {
  const names = (await readdir(folder)).sort();
  return names
    .filter((name) => IMAGES_FILE.test(name))
    .map((name) => {
      const labels = ['', '.gz']
        .map((end) => name.replace(IMAGES_FILE, (_, prefix) => `${prefix}-labels-idx1-ubyte${end}`))
        .find((candidate) => names.includes(candidate));
      return {
        images: join(folder, name),
        labels: labels && join(folder, labels),
        split: splitOf(name),
      };
    });
}

/** The split a file name tells, else the beginning of the name. */
function splitOf(path: string): string {
  const prefix = IMAGES_FILE.exec(path.split(/[\\/]/).at(-1) ?? '')?.[1] ?? path;
  return Object.keys(SPLIT_PREFIXES).find((split) => SPLIT_PREFIXES[split].includes(prefix)) ?? prefix;
}

interface IdxFile {
  dimensions: readonly number[];
  /** Values of one entry along the first dimension. */
  item(index: number): Uint8Array;
  file: ByteFile;
  headerBytes: number;
}

async function openIdx(path: string, rank: 1 | 3): Promise<IdxFile> {
  const headerBytes = 4 + 4 * rank;
  let dimensions: number[] = [];
  const file = await openByteFile(path, {
    headerBytes,
    of: (header) => {
      dimensions = readDimensions(header, rank, path);
      return headerBytes + product(dimensions);
    },
  });
  const itemBytes = product(dimensions.slice(1));
  return {
    dimensions,
    file,
    headerBytes,
    item: (index) => file.read(headerBytes + index * itemBytes, itemBytes),
  };
}

function readDimensions(header: Uint8Array, rank: number, path: string): number[] {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const magic = view.getUint32(0);
  const expected = 0x0800 + rank;
  if (magic !== expected)
    throw malformedFile(path, `magic number ${hex(expected)} (bytes of rank ${rank})`, hex(magic));
  const dimensions = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  if (product(dimensions) > MAX_DATA_BYTES)
    throw malformedFile(path, `at most ${MAX_DATA_BYTES} bytes`, `dimensions ${dimensions.join(' × ')}`);
  return dimensions;
}

async function readLabels(path: string, count: number): Promise<Uint8Array> {
  const { dimensions, file, headerBytes } = await openIdx(path, 1);
  if (dimensions[0] !== count)
    throw malformedFile(path, `${count} labels, one an image`, `${dimensions[0]} labels`);
  return file.read(headerBytes, count);
}

function product(dimensions: readonly number[]): number {
  return dimensions.reduce((size, length) => size * length, 1);
}

function hex(magic: number): string {
  return `0x${magic.toString(16).padStart(8, '0')}`;
}
