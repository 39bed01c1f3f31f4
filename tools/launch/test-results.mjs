/** Counts of tests, added up over lanes. */
export const NO_TESTS = { passed: 0, failed: 0, skipped: 0 };

export const addCounts = (a, b) => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

/**
 * Counts of one vitest run from its JSON report. A file that could not even be loaded has no tests, and counts as one that failed.
 */
export const countsOf = (report) => ({
  passed: report.numPassedTests,
  failed:
    report.numFailedTests +
    report.testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0)
      .length,
  skipped: report.numPendingTests + report.numTodoTests,
});

/** Names of the skipped tests of one vitest run, as `file: name`. */
export const skippedTests = (report, root) =>
  report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => ['pending', 'skipped', 'todo'].includes(status))
      .map(({ title }) => `${name.replace(`${root}/`, '')}: ${title}`),
  );

/** The closing line that a reader of CI output looks for. */
export const closingLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
