import { badAssignment } from '../errors.ts';

/** NAME=VALUE at the last `=`: names may hold one, values never do. @param expected how it is written, for the error */
export function parseAssignment(flag: string, text: string, expected: string): [name: string, value: string] {
  const at = text.lastIndexOf('=');
  if (at < 1 || at === text.length - 1) throw badAssignment(flag, text, expected);
  return [text.slice(0, at), text.slice(at + 1)];
}
