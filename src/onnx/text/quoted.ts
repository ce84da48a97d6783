/** A string literal of ONNX's textual syntax, which escapes nothing but quotes and backslashes. */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
