import { readFile, stat } from 'node:fs/promises';
import { type CST, LineCounter, Parser, parseDocument } from 'yaml';
import { fileProblems, fileTooLarge } from './errors.ts';

const MAX_FILE_BYTES = 1_000_000;
/** Expanded aliases in all; the `yaml` package counts nested ones too. */
const MAX_ALIASES = 100;
const MAX_DEPTH = 50;

/**
 * Reads a YAML or JSON file as plain data. Bounded in size, depth and the expansion of aliases; tags other than YAML's own
 * are refused. Throws one PareError with all syntax problems.
 */
export async function readDatasetFile(path: string): Promise<unknown> {
  const { size } = await stat(path);
  if (size > MAX_FILE_BYTES) throw fileTooLarge(path, size, MAX_FILE_BYTES);
  const text = await readFile(path, 'utf8');
  if (isTooDeep(text)) throw fileProblems(path, [`nested more than ${MAX_DEPTH} deep`]);

  const lineCounter = new LineCounter();
  // Pretty messages quote the source for each error, which takes minutes for a file of nothing but errors.
  const document = parseDocument(text, { lineCounter, stringKeys: true, prettyErrors: false });
  const problems = [...document.errors, ...document.warnings].map(({ message, pos: [offset] }) => {
    const { line, col } = lineCounter.linePos(offset);
    return `line ${line}, column ${col}: ${message}`;
  });
  if (problems.length > 0) throw fileProblems(path, problems);
  try {
    const data: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    if (holdsItself(data)) throw fileProblems(path, ['an alias stands inside what it stands for']);
    return data;
  } catch (cause) {
    // What the package throws for aliases: too many, or to nothing.
    if (cause instanceof ReferenceError) throw fileProblems(path, [cause.message]);
    throw cause;
  }
}

/** Data that never ends: nobody who walks it would come back. */
function holdsItself(data: unknown): boolean {
  const around = new Set<unknown>();
  const done = new Set<unknown>();
  const visit = (part: unknown): boolean => {
    if (typeof part !== 'object' || part === null || done.has(part)) return false;
    if (around.has(part)) return true;
    around.add(part);
    const found = Object.values(part).some(visit);
    around.delete(part);
    done.add(part);
    return found;
  };
  return visit(data);
}

/**
 * The package builds its nodes by recursion, and a stack used up while V8 compiles a regular expression ends the process,
 * not the call; so depth is measured first, on the syntax tokens, which are made without recursion.
 */
function isTooDeep(text: string): boolean {
  try {
    for (const token of new Parser().parse(text)) if (depthOf(token) > MAX_DEPTH) return true;
    return false;
  } catch (cause) {
    // Leaving thousands of levels at once is a recursion of the parser after all, but one that uses no expressions.
    if (cause instanceof RangeError) return true;
    throw cause;
  }
}

/** Levels of nesting, counted no further than needed. */
function depthOf(root: CST.Token): number {
  const open: { token: CST.Token; depth: number }[] = [{ token: root, depth: 0 }];
  let deepest = 0;
  for (let next = open.pop(); next && deepest <= MAX_DEPTH; next = open.pop()) {
    const { token, depth } = next;
    deepest = Math.max(deepest, depth);
    for (const child of childrenOf(token)) open.push({ token: child, depth: depth + 1 });
  }
  return deepest;
}

function childrenOf(token: CST.Token): CST.Token[] {
  if (token.type === 'document') return token.value ? [token.value] : [];
  if (!('items' in token)) return [];
  return token.items.flatMap(({ key, value }) => [key, value].filter((child) => child != null));
}
