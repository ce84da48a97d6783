/** Names noted in metadata as a JSON list. Metadata come from files of anyone: what is not ours counts as absent. */
export function parseNames(text: string | undefined): string[] {
  const names = parsed(text ?? '[]');
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
