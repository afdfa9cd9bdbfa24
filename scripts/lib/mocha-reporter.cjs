// Mocha reporter of every suite here: one line per top-level group and the failures in full on the console, and, when
// TEST_RESULTS names a file, one JSON line per test there as it ends. The last line says that the suite ran to its end, so
// that a crash in the middle can be told from a finished run.
const fs = require('node:fs');
const Mocha = require('mocha');

const {
  EVENT_RUN_BEGIN,
  EVENT_RUN_END,
  EVENT_SUITE_BEGIN,
  EVENT_SUITE_END,
  EVENT_TEST_PASS,
  EVENT_TEST_FAIL,
  EVENT_TEST_PENDING,
} = Mocha.Runner.constants;

/** Why a test was skipped: what test/rigs/skip.ts noted on it or on a group around it. */
function reasonOf(test) {
  for (let each = test; each; each = each.parent) if (each.skipReason) return each.skipReason;
  return test.fn ? 'skipped without a reason' : 'not written yet';
}

module.exports = class Reporter {
  constructor(runner) {
    const file = process.env.TEST_RESULTS;
    const note = (line) => file && fs.appendFileSync(file, `${JSON.stringify(line)}\n`);
    const failures = [];
    let group = fresh();

    runner.once(EVENT_RUN_BEGIN, () => note({ kind: 'begin', total: runner.total }));
    runner.on(EVENT_SUITE_BEGIN, (suite) => {
      if (suite.parent?.root) group = fresh();
    });
    runner.on(EVENT_SUITE_END, (suite) => {
      if (suite.parent?.root) console.log(lineFor(suite, group));
    });
    runner.on(EVENT_TEST_PASS, (test) => {
      group.passed++;
      note({ kind: 'passed', title: test.titlePath().join(' › '), ms: test.duration });
    });
    runner.on(EVENT_TEST_FAIL, (test, error) => {
      group.failed++;
      failures.push(test);
      test.err = error;
      note({
        kind: 'failed',
        title: test.titlePath().join(' › '),
        ms: test.duration,
        error: String(error?.stack ?? error),
      });
    });
    runner.on(EVENT_TEST_PENDING, (test) => {
      group.skipped++;
      note({ kind: 'skipped', title: test.titlePath().join(' › '), reason: reasonOf(test) });
    });
    runner.once(EVENT_RUN_END, () => {
      note({ kind: 'end' });
      if (failures.length > 0) Mocha.reporters.Base.list(failures);
    });
  }
};

function fresh() {
  return { passed: 0, failed: 0, skipped: 0, started: Date.now() };
}

function lineFor(suite, { passed, failed, skipped, started }) {
  const parts = [`${passed} passed`, failed && `${failed} failed`, skipped && `${skipped} skipped`].filter(Boolean);
  return `  ${failed ? '✗' : '✓'} ${suite.title}: ${parts.join(', ')} (${((Date.now() - started) / 1000).toFixed(1)} s)`;
}
