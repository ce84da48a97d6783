import { notAnOnnxModel } from '../errors.ts';
import type { MessageShape } from './message-shape.ts';
import type { Part } from './part.ts';
import { encodeTag, encodeVarint } from './varint.ts';
import type { Field, WireReader } from './wire-reader.ts';

export interface Rewritten {
  readonly parts: Part[];
  byteLength: number;
}

/**
 * What to put in place of a field that holds no message to walk; undefined leaves it.
 * @param messageStart offset of the message the field is in
 */
export type Replace = (shape: MessageShape, field: Field, messageStart: number) => Part[] | undefined;

/** Graphs nest in attributes; files nested deeper than any exporter's are refused before the stack overflows. */
const MAX_DEPTH = 100;

/**
 * Walks a message and those inside it, replaces fields, and corrects the lengths around them. It yields when bytes
 * must be loaded first (seldom), so that the walk itself needs no promises; over bytes in memory it never yields.
 * @returns the parts of the new message in order, or undefined where nothing was replaced
 */
export function* rewriteMessage(
  reader: WireReader,
  shape: MessageShape,
  extent: { start: number; end: number; depth?: number },
  replace: Replace,
): Generator<Promise<void>, Rewritten | undefined, void> {
  const { start, end, depth = 0 } = extent;
  if (depth > MAX_DEPTH) throw notAnOnnxModel(reader.name, `graphs are nested more than ${MAX_DEPTH} deep`);
  let result: Rewritten | undefined;
  let copyFrom = start;
  const put = (field: Field, replacement: readonly Part[]): void => {
    result ??= { parts: [], byteLength: 0 };
    push(result, reader.part(copyFrom, field.start));
    for (const part of replacement) push(result, part);
    copyFrom = field.end;
  };
  for (let offset = start; offset < end; ) {
    if (!reader.holdsHeader(offset, end)) yield reader.load(offset);
    const field = reader.field(offset, end);
    offset = field.end;
    const inner = field.wireType === 2 ? shape.messages[field.number] : undefined;
    if (inner) {
      const extent = { start: field.valueStart, end: field.end, depth: depth + 1 };
      const body = yield* rewriteMessage(reader, inner(), extent, replace);
      if (body) put(field, [encodeTag(field.number, 2), encodeVarint(body.byteLength), ...body.parts]);
    } else {
      const replacement = replace(shape, field, start);
      if (replacement) put(field, replacement);
    }
  }
  if (result) push(result, reader.part(copyFrom, end));
  return result;
}

function push(result: Rewritten, part: Part): void {
  if (part.byteLength === 0) return;
  result.parts.push(part);
  result.byteLength += part.byteLength;
}
