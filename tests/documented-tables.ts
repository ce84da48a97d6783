import { z } from 'zod';

interface Configurable {
  readonly name: string;
  readonly summary: string;
  readonly options: z.ZodType;
}

const MARK = /^<!-- ([\w-]+) -->$/gm;

/** Names in the comments that stand above tables. */
export function marksOf(page: string): string[] {
  return [...page.matchAll(MARK)].map(([, name]) => name);
}

/** The page with each of these tables as it is now. */
export function withTables(page: string, tables: Readonly<Record<string, string>>): string {
  return page.replace(/^<!-- ([\w-]+) -->\n(?:\|.*\n)*/gm, (mark, name: string) =>
    [mark.split('\n')[0], tables[name], ''].join('\n'),
  );
}

export function table(header: readonly string[]) {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return (rows: readonly (readonly (string | number)[])[]) =>
    [line(header), `|${'---|'.repeat(header.length)}`, ...rows.map(line)].join('\n');
}

export function described({ name, summary }: Configurable): string[] {
  return [`\`${name}\``, summary];
}

/** `momentum=0.9`, and what it means where the record says. */
export function settingsOf({ options }: Configurable): string {
  const { properties = {} } = z.toJSONSchema(options, { io: 'input' });
  const texts = Object.entries(properties).map(([name, schema]) => {
    // Draft 2020-12 allows `true` as a schema; objects of zod have none.
    const { default: usual, description = '' } = schema as { default?: unknown; description?: string };
    return `\`${usual === undefined ? name : `${name}=${usual}`}\` ${description}`.trim();
  });
  return texts.join('; ') || '–';
}
