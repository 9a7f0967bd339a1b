// What the reports of Vitest and Playwright (their JSON) say: counts, and of each failed test its name and the beginning of its reason.
import { relative } from 'node:path'
import { root } from './terminal.mjs'

/** Of a reason is told what says the difference; the rest stands in the log above. */
const LINES_OF_A_REASON = 12

/**
 * @typedef {{ counts: { passed: number, failed: number, skipped: number }, failures: string[] }} Outcome
 */

/** @param report Vitest's `--reporter=json` @returns {Outcome} a file that does not load, or fails around its tests, has none that failed: it counts as one */
export function readVitest(report) {
  const failures = report.testResults.flatMap(({ name: path, status, message, assertionResults }) => {
    const name = relative(root, path)
    const tests = assertionResults
      .filter((test) => test.status === 'failed')
      .map((test) => failure(`${name} › ${test.fullName}`, test.failureMessages.join('\n')))
    return status === 'failed' && tests.length === 0 ? [failure(name, message)] : tests
  })
  return {
    counts: {
      passed: report.numPassedTests,
      failed: failures.length,
      skipped: report.numPendingTests + report.numTodoTests,
    },
    failures,
  }
}

/** @param report Playwright's `--reporter=json` @returns {Outcome} a test that passed at the second try failed */
export function readPlaywright(report) {
  const { expected, unexpected, flaky, skipped } = report.stats
  const failures = report.suites
    .flatMap(specsOf)
    .flatMap(({ file, title, tests }) =>
      tests
        .filter(({ status }) => status === 'unexpected' || status === 'flaky')
        .map(({ results }) =>
          failure(
            `${file} › ${title}`,
            results.flatMap(({ errors }) => errors.map(({ message }) => message)).join('\n'),
          ),
        ),
    )
  // A file that does not load has no test that could fail.
  failures.push(...(report.errors ?? []).map(({ message }) => failure('A file of tests', message)))
  return {
    counts: { passed: expected, failed: unexpected + flaky + (report.errors?.length ?? 0), skipped },
    failures,
  }
}

function specsOf(suite) {
  return [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specsOf)]
}

function failure(name, reason) {
  const lines = (reason ?? '').split('\n').filter((line) => line.trim() !== '')
  return [`  ${name}`, ...lines.slice(0, LINES_OF_A_REASON).map((line) => `    ${line}`)].join('\n')
}
