import { resolve } from 'node:path';
import { dataPath, dataPaths } from '../data-path.ts';
import { decodeImage } from '../decode-image.ts';
import { defineSource } from '../define-source.ts';
import { fileProblems, noSamples } from '../errors.ts';
import { type FileSet, openFileSet } from '../file-set.ts';
import { imagePairs, pairOptions } from '../image-pairs.ts';
import { imageSamples } from '../image-samples.ts';
import { preprocessOptions } from '../preprocess-options.ts';
import { type ImageLabels, readImageLabels } from '../read-image-labels.ts';
import { strictObject } from '../strict-object.ts';

const IMAGE_FILE = /\.(jpe?g|png|webp|gif|avif|tiff?)$/i;
/** Bound on one image file, as stored. */
const MAX_IMAGE_BYTES = 2 ** 28;

/** Image files, decoded one by one as they are asked for. */
export const images = defineSource({
  kind: 'images',
  summary: 'image files (JPEG, PNG, WebP, GIF, AVIF, TIFF) with a table of labels',
  splits: [],
  options: strictObject({
    files: dataPaths,
    labels: dataPath.optional(),
    /** Makes pairs for super-resolution. */
    targets: pairOptions.optional(),
    preprocess: preprocessOptions.prefault({}),
  })
    .refine(({ labels, targets }) => labels === undefined || targets === undefined, {
      path: ['targets'],
      error: 'labels and targets exclude each other',
    })
    .refine(({ targets, preprocess }) => targets === undefined || preprocess.layout === 'nchw', {
      path: ['preprocess', 'layout'],
      error: 'expected nchw, as targets have it',
    }),

  async open({ files, labels, targets, preprocess }, { baseDir, where }) {
    const found = await openFileSet(files, { baseDir, where, wanted: (name) => IMAGE_FILE.test(name) });
    const table = labels === undefined ? undefined : await readImageLabels(resolve(baseDir, labels));
    const chosen = table ? joinLabels(found, table, labels ?? '') : unlabelled(found);
    if (chosen.length === 0) throw noSamples(where, `no image file in ${found.root}`);
    const reader = {
      length: chosen.length,
      channels: 3 as const,
      hasLabels: table !== undefined,
      ...(table?.classNames && { classNames: table.classNames }),
      read: async (index: number) => {
        const { name, label } = chosen[index];
        const at = found.where(name);
        const content = found.isOnDisk ? at : await found.read(name, MAX_IMAGE_BYTES);
        const image = await decodeImage(content, at);
        return { image, ...(label !== undefined && { label }), where: at };
      },
    };
    return targets ? imagePairs(reader, preprocess, targets, where) : imageSamples(reader, preprocess, where);
  },
});

interface ChosenImage {
  name: string;
  label?: number;
}

function unlabelled({ names, by }: FileSet): ChosenImage[] {
  const pictures = by === 'folder' ? names.filter((name) => IMAGE_FILE.test(name)) : names;
  return pictures.map((name) => ({ name }));
}

/**
 * Of a folder, the table says which files are samples, by paths within the folder; each must be there. Of a list or
 * pattern, the files are the samples; each must have a row, under its path as listed or its last part.
 */
function joinLabels(found: FileSet, { rows }: ImageLabels, table: string): ChosenImage[] {
  const problems: string[] = [];
  const chosen: ChosenImage[] = [];
  if (found.by === 'folder') {
    const names = new Set(found.names);
    for (const { file, index } of rows) {
      // Only names the listing of the folder gave are opened, so no row leads out of it.
      if (names.has(file)) chosen.push({ name: file, label: index });
      else problems.push(`${JSON.stringify(file)} is not in the folder ${found.root}`);
    }
  } else {
    const indices = new Map(rows.map(({ file, index }) => [file, index]));
    for (const name of found.names) {
      const label = indices.get(name) ?? indices.get(name.slice(name.lastIndexOf('/') + 1));
      if (label !== undefined) chosen.push({ name, label });
      else problems.push(`no row for ${JSON.stringify(name)}`);
    }
  }
  if (problems.length > 0) throw fileProblems(table, problems);
  return chosen;
}
