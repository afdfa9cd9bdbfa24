// Adds up the results of all suites of a run.
import fs from 'node:fs';

/**
 * Reads a results file of the mocha reporter. A file that is missing, or that lacks its last line, is a suite that crashed:
 * it counts as one failure more, whatever its tests said before.
 */
export function readResults(file, suite) {
  const lines = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n').filter(Boolean).flatMap(parsed) : [];
  const of = (kind) => lines.filter((line) => line.kind === kind);
  const result = { suite, passed: of('passed').length, failures: of('failed'), skips: of('skipped') };
  const begun = lines.find((line) => line.kind === 'begin');
  if (!lines.some((line) => line.kind === 'end')) {
    const when = begun ? `after ${lines.length - 1} of ${begun.total} tests` : 'before its first test';
    result.failures.push({ title: `${suite} ended ${when}` });
  } else if (begun.total === 0) {
    result.failures.push({ title: `${suite} holds no test` });
  }
  return result;
}

function parsed(line) {
  try {
    return [JSON.parse(line)];
  } catch {
    return []; // torn by a crash
  }
}

/** The result of a step that is no mocha suite: the type check, the linter. */
export function stepResult(suite, title, code) {
  return { suite, passed: code === 0 ? 1 : 0, failures: code === 0 ? [] : [{ title }], skips: [] };
}

/** Prints every skip with its reason, every failure by name, and the one line that stands for the whole run. */
export function printSummary(results) {
  const skips = results.flatMap(({ suite, skips }) => skips.map((each) => ({ suite, ...each })));
  const failures = results.flatMap(({ suite, failures }) => failures.map((each) => ({ suite, ...each })));
  const passed = results.reduce((sum, each) => sum + each.passed, 0);
  if (skips.length > 0) console.log('\nSkipped:');
  for (const { suite, title, reason } of skips) console.log(`  ${suite}: ${title} (${reason})`);
  if (failures.length > 0) console.log('\nFailed:');
  for (const { suite, title } of failures) console.log(`  ${suite}: ${title}`);
  console.log(`\n${passed} passed, ${failures.length} failed, ${skips.length} skipped`);
  return { passed, failed: failures.length, skipped: skips.length };
}
