/** A name and what was set with it. */
export interface NamedOptions {
  readonly name: string;
  /** As it was written, for messages. */
  readonly spelled: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Reads `flip,crop:pad=4,affine:rotate=10,scale=0.1`: what has a `=` and no name before it belongs to the name before.
 * Values are numbers, true, false, lists of numbers with `/` between them, or words.
 */
export function parseNamedOptions(text: string): NamedOptions[] {
  const groups: string[][] = [];
  for (const part of text.split(',').map((piece) => piece.trim())) {
    const continues = part.includes('=') && !part.includes(':');
    if (continues && groups.length > 0) groups[groups.length - 1].push(part);
    else if (part !== '') groups.push([part]);
  }
  return groups.map((parts) => {
    const spelled = parts.join(',');
    const colon = spelled.indexOf(':');
    if (colon < 0) return { name: spelled, spelled, options: {} };
    const settings = spelled.slice(colon + 1).split(',');
    return {
      name: spelled.slice(0, colon).trim(),
      spelled,
      options: Object.fromEntries(settings.map(setting)),
    };
  });
}

/** `pad=4` → ['pad', 4]; a word alone is true. */
function setting(text: string): [string, unknown] {
  const equals = text.indexOf('=');
  return equals < 0
    ? [text.trim(), true]
    : [text.slice(0, equals).trim(), parseValue(text.slice(equals + 1).trim())];
}

function parseValue(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  const numbers = text.split('/').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (numbers.some(Number.isNaN)) return text;
  return numbers.length === 1 ? numbers[0] : numbers;
}
