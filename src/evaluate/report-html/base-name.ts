/** The last piece of a path of either kind of separator, without `.onnx`; the whole path where that leaves nothing. */
export function baseName(path: string): string {
  const file = path.split(/[/\\]/).at(-1) ?? '';
  return file.replace(/\.onnx$/i, '') || path;
}
