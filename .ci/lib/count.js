// Prints the closing line of a CI run from vitest's JSON report. Exits 1 when a spec failed, a spec
// file could not run, or nothing ran.
import { readFileSync } from 'node:fs';

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const brokenFiles = report.testResults.filter(
  (file) => file.status === 'failed' && !file.assertionResults.some((r) => r.status === 'failed'),
);
for (const file of brokenFiles) console.log(`spec file did not run: ${file.name}\n${file.message}`);
for (const file of report.testResults) {
  for (const result of file.assertionResults) {
    if (result.status === 'failed') console.log(`failed: ${result.fullName}`);
  }
}
const passed = report.numPassedTests;
const failed = report.numFailedTests + brokenFiles.length;
const skipped = report.numPendingTests + report.numTodoTests;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
