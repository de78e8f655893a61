// Reads vitest's JSON report, prints one closing line and fails when a test failed, was skipped or none ran.
import { readFileSync } from 'node:fs';

const [file] = process.argv.slice(2);
const report = JSON.parse(readFileSync(file, 'utf8'));
const skipped = report.numPendingTests + report.numTodoTests;

for (const suite of report.testResults) {
  for (const test of suite.assertionResults) {
    if (test.status !== 'passed' && test.status !== 'failed') console.log(`skipped: ${test.fullName}`);
  }
}
console.log(`${report.numPassedTests} passed, ${report.numFailedTests} failed, ${skipped} skipped`);
if (report.numFailedTests > 0 || skipped > 0 || report.numPassedTests === 0) process.exitCode = 1;
