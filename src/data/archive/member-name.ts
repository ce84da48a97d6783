import { malformedFile } from '../errors.ts';

/**
 * The path of a file in an archive with `/` between segments. Nothing is ever unpacked to a disk; a path that leads out of
 * the archive is refused all the same, since an archive with one is not what it pretends to be.
 */
export function memberName(stored: string, archive: string): string {
  const name = stored.replaceAll('\\', '/').replace(/^(\.\/)+/, '');
  const leadsOut = name.startsWith('/') || /^[a-z]:/i.test(name) || name.split('/').includes('..');
  if (leadsOut || name.includes('\0') || name.length > 1024)
    throw malformedFile(archive, 'paths within the archive', JSON.stringify(stored.slice(0, 200)));
  return name;
}
