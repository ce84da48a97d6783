// Prints `N passed, N failed, N skipped` from the file vitest's JSON reporter wrote; exits 1 when no test ran.
// usage: node scripts/count-tests.mjs FILE
import { readFileSync } from 'node:fs';

const text = readFileSync(process.argv[2], 'utf8');
if (text === '') {
  console.error('The tests did not run.');
  process.exitCode = 1;
} else {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(text);
  console.log(
    `${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests + numTodoTests} skipped`,
  );
  if (numPassedTests + numFailedTests === 0) process.exitCode = 1;
}
