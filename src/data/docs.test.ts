// The dataset files in docs/ and bench/data/ are right: each is opened where the assets are, checked where they are not.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkDatasetFile } from './check-dataset-file.ts';
import type { DatasetFile } from './dataset-file.ts';
import { openDataset } from './open-dataset.ts';
import { sources } from './sources/index.generated.ts';

const baseDir = resolve('bench/data');
const page = readFileSync('docs/datasets.md', 'utf8');
const examples = Array.from(
  page.matchAll(/^```yaml\n(.*?)^```/gms),
  ([, text]) => parse(text) as DatasetFile,
);
const files = readdirSync(baseDir).filter((name) => name.endsWith('.yaml'));

function filesOf(content: object): string {
  return resolve(baseDir, String('files' in content ? content.files : '.').replace(/\/[^/]*\*.*$/, ''));
}

describe('docs/datasets.md', () => {
  test('has an example and a section of every kind', () => {
    expect(new Set(examples.map(({ kind }) => kind))).toEqual(new Set(Object.keys(sources)));
    for (const kind of Object.keys(sources)) expect(page).toContain(`\n## \`${kind}\`\n`);
  });

  test.each(examples)('%j', async (example) => {
    expect(() => checkDatasetFile(example, 'docs/datasets.md')).not.toThrow();
    if (existsSync(filesOf(example)))
      expect((await openDataset(example, { baseDir })).length).toBeGreaterThan(0);
  });
});

test.each(files)('bench/data/%s', async (name) => {
  const content: Record<string, unknown> = parse(readFileSync(resolve(baseDir, name), 'utf8'));
  expect(() => checkDatasetFile(content, name)).not.toThrow();
  if (existsSync(filesOf(content))) expect((await openDataset(name, { baseDir })).length).toBeGreaterThan(0);
});
