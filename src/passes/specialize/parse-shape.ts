import type { Dimension } from '../../onnx/ir/type.ts';
import { badAssignment } from '../errors.ts';
import { parseAssignment } from './parse-assignment.ts';

const FORM = 'NAME=1,3,224,224 (NAME an input), or NAME=1 (NAME an open length); ? leaves a length open';

/** `x=1,3,?,n` as name and lengths. */
export function parseShape(text: string): [name: string, shape: Dimension[]] {
  const [name, value] = parseAssignment('shape', text, FORM);
  const shape = value.split(',').map((part): Dimension => {
    const word = part.trim();
    if (word === '?') return null;
    if (/^\d{1,15}$/.test(word)) return Number(word);
    if (/^[A-Za-z_]\w*$/.test(word)) return word;
    throw badAssignment('shape', text, FORM);
  });
  return [name, shape];
}
