import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import ts from 'typescript';

/** The project's folder. */
export const root = resolve(import.meta.dirname, '..');

/** One import or re-export, static or dynamic. */
interface Import {
  /** A path from `src/` (`data/dataset.ts`) or a package (`zod`, `node:fs`). */
  readonly to: string;
  readonly isType: boolean;
  readonly isDynamic: boolean;
}

/** What the architecture rules ask of one file of `src/`. */
export interface SourceFile {
  /** From `src/`, with `/`. */
  readonly path: string;
  /** The folder directly under `src/`, or the file itself where it stands there. */
  readonly room: string;
  readonly isTest: boolean;
  readonly isGenerated: boolean;
  readonly lines: number;
  readonly imports: readonly Import[];
  /** Lines of every function with a body, nested ones included. */
  readonly functionLines: readonly number[];
  readonly text: string;
  readonly syntax: ts.SourceFile;
}

/** All TypeScript files of `src/`, parsed. */
export function readSourceFiles(): SourceFile[] {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts'))
    .sort()
    .map(readSourceFile);
}

function readSourceFile(path: string): SourceFile {
  const text = readFileSync(join(root, 'src', path), 'utf8');
  const syntax = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const imports: Import[] = [];
  const functionLines: number[] = [];
  walk(syntax, (node) => {
    const found = importOf(node, path);
    if (found !== undefined) imports.push(found);
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined)
      functionLines.push(linesOf(node, syntax));
  });
  return {
    path,
    room: path.split('/')[0],
    isTest: path.endsWith('.test.ts'),
    isGenerated: path.endsWith('.generated.ts') || path === 'onnx/proto/onnx_pb.ts',
    lines: text.trimEnd().split('\n').length,
    imports,
    functionLines,
    text,
    syntax,
  };
}

/** Calls `visit` with the node and all below it. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

function linesOf(node: ts.Node, syntax: ts.SourceFile): number {
  const line = (position: number) => syntax.getLineAndCharacterOfPosition(position).line;
  return line(node.getEnd()) - line(node.getStart()) + 1;
}

function importOf(node: ts.Node, path: string): Import | undefined {
  if (ts.isImportDeclaration(node)) {
    const clause = node.importClause;
    return target(node.moduleSpecifier, path, { isType: clause !== undefined && isTypeClause(clause) });
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined)
    return target(node.moduleSpecifier, path, { isType: node.isTypeOnly });
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    return target(node.argument.literal, path, { isType: true });
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return target(node.arguments[0], path, { isDynamic: true });
  return undefined;
}

/** `import type { A }` or `import { type A, type B }`: nothing remains of it when the program runs. */
function isTypeClause(clause: ts.ImportClause): boolean {
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  return (
    clause.name === undefined &&
    bindings !== undefined &&
    ts.isNamedImports(bindings) &&
    bindings.elements.every((element) => element.isTypeOnly)
  );
}

function target(
  specifier: ts.Node,
  path: string,
  { isType = false, isDynamic = false }: { isType?: boolean; isDynamic?: boolean },
): Import {
  if (!ts.isStringLiteralLike(specifier))
    throw new Error(`src/${path} imports a name computed at run time: ${specifier.getText()}`);
  const name = specifier.text;
  return { to: name.startsWith('.') ? posix.join(dirname(path), name) : name, isType, isDynamic };
}
