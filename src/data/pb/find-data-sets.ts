import type { FileSet } from '../file-set.ts';

const TENSOR_FILE = /^(.*\/)?(input|output)_(\d{1,6})\.pb$/;

/** Files of one `test_data_set_*`, by the number in their names. */
export interface DataSetFiles {
  /** The folder, '' for the one the files are in. */
  readonly folder: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export function isTensorFile(name: string): boolean {
  return TENSOR_FILE.test(name);
}

/** Groups files by their folders; folders and files in the order of the numbers in their names. */
export function findDataSets({ names }: FileSet): DataSetFiles[] {
  const sets = new Map<string, { input: [number, string][]; output: [number, string][] }>();
  for (const name of names) {
    const [, folder = '', role, number] = TENSOR_FILE.exec(name) ?? [];
    if (role !== 'input' && role !== 'output') continue;
    const set = sets.get(folder) ?? { input: [], output: [] };
    set[role].push([Number(number), name]);
    sets.set(folder, set);
  }
  const inOrder = (files: [number, string][]) => files.sort(([a], [b]) => a - b).map(([, name]) => name);
  return Array.from(sets, ([folder, { input, output }]) => ({
    folder,
    inputs: inOrder(input),
    outputs: inOrder(output),
  }))
    .filter(({ inputs }) => inputs.length > 0)
    .sort((a, b) => compareNatural(a.folder, b.folder));
}

/** As strings, but numbers by their value: set_2 before set_10. */
function compareNatural(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.replace(/\d+/g, (digits) => digits.padStart(12, '0')));
  return left < right ? -1 : left > right ? 1 : 0;
}
