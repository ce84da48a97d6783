import { fileProblems } from './errors.ts';

/** A class index has at most six digits. */
export const MAX_CLASSES = 1_000_000;

/** Class indices with the names of the classes, where the labels are names. */
export interface ClassLabels {
  readonly labels: Int32Array;
  readonly classNames?: readonly string[];
}

/**
 * Class indices of labels as they are written. With `classes` given, the place in that list; else whole numbers are the
 * indices themselves, and other labels are numbered in the order of their code units.
 * Throws a PareError with all labels that are not in `classes`. `where` is the file.
 */
export function classLabels(
  texts: readonly string[],
  classes: readonly string[] | undefined,
  where: string,
): ClassLabels {
  if (!classes && texts.every((text) => /^\d{1,6}$/.test(text)))
    return { labels: Int32Array.from(texts, Number) };
  const classNames = classes ?? [...new Set(texts)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const indices = new Map(classNames.map((name, index) => [name, index]));
  const unknown = [...new Set(texts)].filter((text) => !indices.has(text));
  if (unknown.length > 0)
    throw fileProblems(
      where,
      unknown.map((text) => `label ${JSON.stringify(text.slice(0, 100))} is not one of the classes`),
    );
  return { labels: Int32Array.from(texts, (text) => indices.get(text) ?? -1), classNames };
}
