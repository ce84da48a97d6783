import pc from 'picocolors';
import type { PareError } from '../base/pare-error.ts';
import { visibleText } from '../evaluate/report-html/visible-text.ts';

/** What failed, where, and the way out, on standard error; names in it may come from hostile files. */
export function printError({ message, where, expected, got, hint }: PareError): void {
  print(pc.red('error'), message);
  if (where !== undefined && !message.includes(where)) print('  where    ', where);
  if (expected !== undefined) print('  expected ', expected);
  if (got !== undefined && !message.includes(got)) print('  got      ', got);
  if (hint !== undefined) print(`  ${pc.cyan('hint')}     `, hint);
}

function print(label: string, text: string): void {
  process.stderr.write(`${label} ${text.split('\n').map(visibleText).join('\n            ')}\n`);
}
