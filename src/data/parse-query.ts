/**
 * What follows a `?`: `samples=200&seed=3` as an object; whole numbers become numbers. A name given twice keeps all its
 * values, which no option accepts, so that the check of the dataset file refuses it.
 */
export function parseQuery(text: string): Record<string, unknown> {
  const parsed = new URLSearchParams(text);
  return Object.fromEntries(
    Array.from(new Set(parsed.keys()), (name) => {
      const values = parsed.getAll(name).map((value) => (/^\d{1,15}$/.test(value) ? Number(value) : value));
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}
