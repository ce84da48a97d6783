import { constantOf } from '../onnx/constant-of.ts';
import type { Node } from '../onnx/ir/node.ts';

/** A new version of an operator in which nodes written for the one before it mean something else, or nothing. */
export interface BreakingChange {
  /** Standard operator set that changed it. */
  readonly since: number;
  /** The nodes it breaks; absent: all of them. */
  breaks?(node: Node): boolean;
}

const has =
  (...attributes: readonly string[]) =>
  (node: Node): boolean =>
    attributes.some((name) => node.attributes.has(name));

const always = (since: number): BreakingChange => ({ since });
/** Broadcasting was asked for by attributes; now it is NumPy's. */
const broadcast7: BreakingChange = { since: 7, breaks: has('broadcast', 'axis') };
/** `output_sequence` = 0 switched the first output off. */
const sequence7: BreakingChange = { since: 7, breaks: has('output_sequence') };

/**
 * Breaking changes of the standard operators that no upgrade rule (`Op.upgrades`) bridges. Changes that only add types,
 * optional inputs, or attributes whose default is the old meaning are none.
 *
 * Source: the histories of all operators in onnx 1.23.1 (opsets 1–28, `onnx.defs.get_all_schemas_with_history()`),
 * searched for versions that removed or newly require something, change a default or lose a type; each was judged by
 * its text in onnx/docs/Changelog.md. Left out on purpose: OneHot 11 (negative indices) and ConvTranspose 11 (which
 * side SAME pads more), where ONNX Runtime has always done what the newer text says.
 */
export const breakingChanges: Readonly<Record<string, readonly BreakingChange[]>> = {
  Add: [broadcast7],
  And: [broadcast7],
  // The second version lost is_test: without it a node was in training.
  BatchNormalization: [
    { since: 7, breaks: (node) => node.int('is_test') !== 1 },
    { since: 9, breaks: (node) => node.int('spatial') === 0 },
    // Several outputs used to mean training; now training_mode = 1 does, and two of the outputs are gone.
    { since: 14, breaks: hasOutputsAfterFirst },
  ],
  Cast: [{ since: 6, breaks: (node) => node.attributes.get('to')?.type !== 'INT' }],
  Concat: [{ since: 4, breaks: (node) => !node.attributes.has('axis') }],
  Div: [broadcast7],
  Dropout: [
    { since: 7, breaks: (node) => node.int('is_test') !== 1 },
    // The mask became boolean.
    { since: 10, breaks: hasOutputsAfterFirst },
  ],
  Equal: [broadcast7],
  GRU: [sequence7],
  Greater: [broadcast7],
  LSTM: [sequence7],
  Less: [broadcast7],
  Mul: [broadcast7],
  Or: [broadcast7],
  PRelu: [always(7)],
  Pad: [always(2)],
  Pow: [broadcast7],
  RNN: [sequence7],
  Reshape: [always(5)],
  // The nearest index was cut down where a length grew and cut up where it shrank: the rule must know which it is.
  Resize: [
    {
      since: 11,
      breaks: ({ inputs: [, scales] }) => !scales || constantOf(scales) === undefined,
    },
  ],
  // No batch axis any more.
  Scan: [always(9)],
  Selu: [{ since: 6, breaks: (node) => !(node.attributes.has('alpha') && node.attributes.has('gamma')) }],
  Split: [always(2)],
  Sub: [broadcast7],
  Tile: [always(6)],
  Upsample: [always(7)],
  Xor: [broadcast7],
};

function hasOutputsAfterFirst(node: Node): boolean {
  return node.outputs.slice(1).some((value) => value !== undefined);
}
