import { type Command, Option } from 'commander';
import { z } from 'zod';

/**
 * Adds a flag for each option of a schema: `maxDrop: number` becomes `--max-drop <n>`, booleans switches (`--no-x` where
 * the default is true), lists repeatable flags. Records have no flag: they are written by runs, not typed by people.
 */
export function addOptions(command: Command, shape: z.ZodRawShape): Command {
  for (const [name, schema] of Object.entries(shape)) {
    const option = optionOf(name, schema as z.ZodType);
    if (option) command.addOption(option);
  }
  return command;
}

function optionOf(name: string, schema: z.ZodType): Option | undefined {
  const { inner, fallback } = unwrap(schema);
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const text = schema.description ?? inner.description ?? '';
  if (inner instanceof z.ZodRecord) return undefined;
  if (inner instanceof z.ZodBoolean)
    return new Option(fallback === true ? `--no-${flag}` : `--${flag}`, text);
  if (inner instanceof z.ZodArray) {
    return new Option(`--${flag} <pattern>`, text).argParser((value, list: string[] = []) => [
      ...list,
      value,
    ]);
  }
  const option = new Option(
    `--${flag} <${inner instanceof z.ZodNumber ? 'n' : 'value'}>`,
    text + defaultText(fallback),
  );
  if (inner instanceof z.ZodNumber) option.argParser(Number);
  if (inner instanceof z.ZodEnum) option.choices(inner.options.map(String));
  return option;
}

function defaultText(fallback: unknown): string {
  return fallback === undefined ? '' : ` (default: ${String(fallback)})`;
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
