import { type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { parseNumber } from './parse-number.ts';

/** What a schema's `.meta()` says for the command line. */
interface FlagMeta {
  description: string;
  /** Placeholder of the value. */
  value: string;
  /** Heading in `--help`. */
  group: string | undefined;
  /** What `--no-x` does. */
  whenOff: string;
  /** The flag takes the path of a YAML or JSON file that holds the value. */
  isFile: boolean;
}

/**
 * Adds a flag for each option of a schema: `maxDrop: number` becomes `--max-drop <n>`, lists repeatable flags, booleans
 * switches: `--x`, `--no-x` where the default is true, both where the schema has none. Records have no flag: they are
 * written by runs, not typed by people.
 */
export function addOptions(command: Command, shape: z.ZodRawShape): Command {
  // A raw shape's values are core schemas by type, and ZodType by construction.
  for (const [name, schema] of Object.entries(shape))
    for (const option of optionsOf(name, schema as z.ZodType)) command.addOption(option);
  return command;
}

function optionsOf(name: string, schema: z.ZodType): Option[] {
  const { inner, fallback } = unwrap(schema);
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const meta = metaOf(schema);
  const make = (flags: string, text: string) => {
    const option = new Option(flags, text);
    return meta.group === undefined ? option : option.helpGroup(meta.group);
  };
  if (inner instanceof z.ZodRecord) return [];
  if (inner instanceof z.ZodBoolean) {
    const on = make(`--${flag}`, meta.description);
    const off = make(`--no-${flag}`, meta.whenOff);
    return fallback === undefined ? [on, off] : [fallback === true ? off : on];
  }
  const option = make(`--${flag} <${meta.value}>`, meta.description + defaultText(fallback));
  // Of a file the flag is the path.
  if (inner instanceof z.ZodArray && !meta.isFile)
    option.argParser((value: string, list: readonly string[] = []) => [...list, value]);
  if (inner instanceof z.ZodNumber) option.argParser(parseNumber);
  if (inner instanceof z.ZodEnum) choose(option, inner.options.map(String));
  return [option];
}

/** Commander's own `choices` puts a quoted list at the end of the help text; here it is part of the sentence. */
function choose(option: Option, choices: readonly string[]): void {
  option.description = `${choices.join(' | ')}: ${option.description}`;
  option.argParser((value: string) => {
    if (!choices.includes(value)) throw new InvalidArgumentError(`Choose one of: ${choices.join(', ')}.`);
    return value;
  });
}

function metaOf(schema: z.ZodType): FlagMeta {
  const { description = '', value, group, whenOff, isFile } = schema.meta() ?? {};
  return {
    description,
    value: typeof value === 'string' ? value : 'value',
    group: typeof group === 'string' ? group : undefined,
    isFile: isFile === true,
    whenOff: typeof whenOff === 'string' ? whenOff : `not: ${description}`,
  };
}

function defaultText(fallback: unknown): string {
  if (fallback === undefined || (Array.isArray(fallback) && fallback.length === 0)) return '';
  return ` (default: ${String(fallback)})`;
}

/** The schema under `.default()` and `.optional()`, and its default. */
function unwrap(schema: z.ZodType): { inner: z.ZodType; fallback: unknown } {
  let inner = schema;
  let fallback: unknown;
  for (;;) {
    // zod types the wrapped schema of these two more loosely than ZodType.
    if (inner instanceof z.ZodDefault) {
      fallback = inner.def.defaultValue;
      inner = inner.unwrap() as z.ZodType;
    } else if (inner instanceof z.ZodOptional) inner = inner.unwrap() as z.ZodType;
    else return { inner, fallback };
  }
}
