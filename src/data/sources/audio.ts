import { z } from 'zod';
import { featureOptions, frameOptions } from '../audio/audio-options.ts';
import { createRecording, type Recording, type RecordingMaker } from '../audio/create-recording.ts';
import { decodeWav } from '../audio/decode-wav.ts';
import { MAX_SAMPLE_RATE, readWavFacts } from '../audio/wav-facts.ts';
import { classLabels } from '../class-labels.ts';
import { classNamesOption } from '../class-names.ts';
import { dataPaths } from '../data-path.ts';
import { defineSource } from '../define-source.ts';
import { fileProblems, noSamples, soundTooShort } from '../errors.ts';
import { type FileSet, openFileSet } from '../file-set.ts';
import { matchName, safePattern } from '../safe-pattern.ts';
import type { Sample } from '../source.ts';
import { strictObject } from '../strict-object.ts';

const WAV_FILE = /\.wav$/i;
/** Bound on one recording as stored: 35 minutes at 16 bits and 16 kHz. */
const MAX_WAV_BYTES = 2 ** 26;
/** Recordings made ready and kept, so that neighbouring frames do not decode a file again. */
const KEPT_RECORDINGS = 2;

/** WAVE files, decoded one by one as they are asked for. */
export const audio = defineSource({
  kind: 'audio',
  summary: 'WAVE files as samples, spectra, log-mel bands or MFCCs, whole or in frames',
  splits: [],
  options: strictObject({
    files: dataPaths,
    /** Only files whose path within the folder, archive or list it matches. */
    match: safePattern.optional(),
    /** Its one group is the label. */
    labelPattern: safePattern
      .refine((pattern) => new RegExp(`${pattern.source}|`).exec('')?.length === 2, 'expected one group ( )')
      .optional(),
    classes: classNamesOption.optional(),
    sampleRate: z.int().min(100).max(MAX_SAMPLE_RATE).optional(),
    seconds: z.number().positive().max(86_400).optional(),
    samples: z
      .int()
      .min(1)
      .max(2 ** 27)
      .optional(),
    features: featureOptions.optional(),
    frames: frameOptions.optional(),
  }).refine(({ seconds, samples }) => seconds === undefined || samples === undefined, {
    path: ['samples'],
    error: 'seconds and samples exclude each other',
  }),

  async open({ files, match, labelPattern, classes, ...options }, { baseDir, where, signal }) {
    const isWanted = (name: string) => WAV_FILE.test(name) && (!match || matchName(match, name) !== null);
    const set = await openFileSet(files, { baseDir, where, wanted: isWanted });
    const names = set.names.filter(isWanted);
    if (names.length === 0)
      throw noSamples(where, `no .wav file ${match ? `like ${match} ` : ''}in ${set.root}`);
    const known = labelPattern && classLabels(labelsOf(names, labelPattern, where), classes, where);
    const { sampleRate, seconds, samples, features, frames } = options;
    const maker = createRecording({ sampleRate, seconds, samples, features, frames });
    const recordings = new RecordingReader(set, names, maker);
    const cuts = frames && (frames.as === 'frame' || frames.steps !== undefined);
    const perCut = frames?.as === 'frame' ? 1 : (frames?.steps ?? 0);
    const places = cuts ? await recordings.cut(perCut, signal) : undefined;
    if (places?.length === 0) throw noSamples(where, 'no recording is long enough for the frames');

    return {
      length: places?.length ?? names.length,
      fields: ['audio'],
      tasks: [known ? 'classification' : 'none'],
      ...(known?.classNames && { classNames: known.classNames }),
      read: async (index): Promise<Sample> => {
        const { file, start } = places?.at(index) ?? { file: index, start: 0 };
        const recording = await recordings.read(file);
        const count = places ? perCut : recording.frames;
        if (recording.count === 0 || (frames && count === 0)) throw soundTooShort(set.where(names[file]));
        const whole = maker.tensor(recording, frames && { start, count });
        const tensor = frames?.as === 'frame' ? { ...whole, shape: whole.shape.slice(1) } : whole;
        return { fields: { audio: tensor }, ...(known && { label: known.labels[file] }) };
      },
    };
  },
});

/** What the group matches in each file name; in the whole path where the pattern has a `/`. */
function labelsOf(names: readonly string[], pattern: RegExp, where: string): string[] {
  const problems: string[] = [];
  const labels = names.map((name) => {
    const label = matchName(
      pattern,
      pattern.source.includes('/') ? name : name.slice(name.lastIndexOf('/') + 1),
    )?.[1];
    if (label === undefined) problems.push(`labelPattern does not match ${JSON.stringify(name)}`);
    return label ?? '';
  });
  if (problems.length > 0) throw fileProblems(where, problems);
  return labels;
}

class RecordingReader {
  readonly #set: FileSet;
  readonly #names: readonly string[];
  readonly #maker: RecordingMaker;
  readonly #kept = new Map<number, Promise<Recording>>();

  constructor(set: FileSet, names: readonly string[], maker: RecordingMaker) {
    this.#set = set;
    this.#names = names;
    this.#maker = maker;
  }

  read(file: number): Promise<Recording> {
    const recording = this.#kept.get(file) ?? this.#make(file);
    this.#kept.delete(file);
    this.#kept.set(file, recording);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT_RECORDINGS) break;
      this.#kept.delete(oldest);
    }
    return recording;
  }

  /** File and first frame of every run of `count` frames, from the headers alone. */
  async cut(count: number, signal: AbortSignal | undefined): Promise<{ file: number; start: number }[]> {
    const places: { file: number; start: number }[] = [];
    for (const [file, name] of this.#names.entries()) {
      signal?.throwIfAborted();
      const where = this.#set.where(name);
      const { length, sampleRate } = readWavFacts(await this.#set.read(name, MAX_WAV_BYTES), where);
      const frames = this.#maker.framesOf(length, sampleRate, where);
      for (let start = 0; start + count <= frames; start += count) places.push({ file, start });
    }
    return places;
  }

  async #make(file: number): Promise<Recording> {
    const name = this.#names[file];
    const where = this.#set.where(name);
    return this.#maker.of(decodeWav(await this.#set.read(name, MAX_WAV_BYTES), where), where);
  }
}
