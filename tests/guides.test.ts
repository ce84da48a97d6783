// Every command and program of docs/guides does what the page says: it runs to its end and writes the files it names.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '..');
const guides = join(root, 'docs/guides');
const dist = join(root, 'dist');
const pages = (await readdir(guides)).filter((name) => name.endsWith('.md'));
/** What the guides find in the project's folder. */
const linked = ['examples', 'scripts', 'src', 'node_modules', 'package.json'];
const commands = await mkdtemp(join(tmpdir(), 'pare-guides-'));

interface Snippet {
  readonly language: 'sh' | 'ts';
  readonly text: string;
}

beforeAll(async () => {
  if (!existsSync(join(dist, 'cli.mjs'))) throw new Error(`${dist} is not there: run "npm run build" first`);
  const pare = join(commands, 'pare');
  await writeFile(pare, `#!/bin/sh\nexec '${process.execPath}' '${join(dist, 'cli.mjs')}' "$@"\n`);
  await chmod(pare, 0o755);
});
afterAll(() => rm(commands, { recursive: true }));

/** A folder like the project's, to write in. */
async function makeFolder(page: string): Promise<string> {
  const folder = join(commands, page.replace('.md', ''));
  await mkdir(folder);
  for (const name of linked) await symlink(join(root, name), join(folder, name));
  return folder;
}

/** Blocks of a page that are to be run, in order; those marked `no-test` are not. */
async function snippetsOf(page: string): Promise<Snippet[]> {
  const text = await readFile(join(guides, page), 'utf8');
  return [...text.matchAll(/^```(sh|ts)\n(.*?)^```/gms)].map(([, language, body]) => ({
    language: language === 'sh' ? 'sh' : 'ts',
    text: body,
  }));
}

async function runShell(text: string, folder: string): Promise<void> {
  await runIn(folder, 'sh', ['-euc', text]);
  for (const [, path] of text.matchAll(/ -o (\S+)/g)) expect(existsSync(join(folder, path)), path).toBe(true);
}

/** Without its types, against the built package. */
async function runProgram(text: string, folder: string): Promise<void> {
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
  });
  const built = pathToFileURL(join(dist, 'index.mjs')).href;
  const program = join(folder, 'snippet.mjs');
  await writeFile(program, outputText.replace("from 'pare'", `from '${built}'`));
  expect(await runIn(folder, process.execPath, [program])).not.toBe('');
}

async function runIn(cwd: string, command: string, args: readonly string[]): Promise<string> {
  const PATH = [commands, process.env.PATH].join(delimiter);
  const { stdout } = await run(command, args, { cwd, env: { ...process.env, PATH, NO_COLOR: '1' } });
  return stdout;
}

describe.concurrent.each(pages)('docs/guides/%s', (page) => {
  test('runs', { timeout: 300_000 }, async () => {
    const snippets = await snippetsOf(page);
    expect(snippets.some(({ text }) => /^pare /m.test(text))).toBe(true);
    const folder = await makeFolder(page);
    for (const { language, text } of snippets) {
      if (language === 'sh') await runShell(text, folder);
      else await runProgram(text, folder);
    }
  });

  test('links to pages and headings that exist', async () => {
    const text = await readFile(join(guides, page), 'utf8');
    for (const [, path, heading] of text.matchAll(/\]\((?!https?:)([^)#]+)(?:#([^)]+))?\)/g)) {
      const target = join(guides, path);
      expect(existsSync(target), path).toBe(true);
      if (heading === undefined) continue;
      const headings = [...(await readFile(target, 'utf8')).matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
        title
          .toLowerCase()
          .replace(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      );
      expect(headings, path).toContain(heading);
    }
  });
});

test('every guide is listed in docs/README.md', async () => {
  const index = await readFile(join(root, 'docs/README.md'), 'utf8');
  expect(pages.filter((page) => !index.includes(`(guides/${page})`))).toEqual([]);
});
