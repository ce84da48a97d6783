import pc from 'picocolors';
import type { PareError } from '../base/pare-error.ts';
import { visibleText } from '../evaluate/report-html/visible-text.ts';

/** What failed, where, and the way out, on standard error; names in it may come from hostile files. */
export function printError(error: PareError): void {
  const { message, where, expected, got, hint } = error;
  print(pc.red('error'), message);
  if (where !== undefined && !message.includes(where)) print('  where    ', where);
  if (expected !== undefined) print('  expected ', expected);
  if (got !== undefined && !message.includes(got)) print('  got      ', got);
  if (hint !== undefined) print(`  ${pc.cyan('hint')}     `, hint);
  if (process.env.PARE_DEBUG) printStack(error);
}

/** Where it happened, causes included: for those who mend pare. */
function printStack(error: unknown): void {
  for (let e = error; e instanceof Error; e = e.cause) print(pc.dim('stack'), e.stack ?? e.message);
}

function print(label: string, text: string): void {
  process.stderr.write(`${label} ${text.split('\n').map(visibleText).join('\n            ')}\n`);
}
