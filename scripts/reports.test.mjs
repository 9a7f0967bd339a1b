import { expect, test } from 'vitest'
import { readPlaywright, readVitest } from './lib/reports.mjs'
import { root } from './lib/terminal.mjs'

test('of Vitest’s report the counts and what failed are read, and a file that does not load is one failure', () => {
  const { counts, failures } = readVitest({
    numPassedTests: 7,
    numFailedTests: 1,
    numPendingTests: 2,
    numTodoTests: 1,
    testResults: [
      {
        name: `${root}/a.test.ts`,
        status: 'failed',
        message: '',
        assertionResults: [
          { status: 'passed', fullName: 'is well', failureMessages: [] },
          { status: 'failed', fullName: 'is ill', failureMessages: ['expected 1\n\nto be 2'] },
        ],
      },
      { name: `${root}/b.test.ts`, status: 'failed', message: 'no such module', assertionResults: [] },
      {
        name: `${root}/c.test.ts`,
        status: 'failed',
        message: 'afterAll: still open',
        assertionResults: [{ status: 'passed', fullName: 'is well', failureMessages: [] }],
      },
    ],
  })
  expect(counts).toEqual({ passed: 7, failed: 3, skipped: 3 })
  expect(failures).toEqual([
    '  a.test.ts › is ill\n    expected 1\n    to be 2',
    '  b.test.ts\n    no such module',
    '  c.test.ts\n    afterAll: still open',
  ])
})

test('of Playwright’s report those are read that failed once, at any depth, with the beginning of a long reason', () => {
  const long = Array.from({ length: 40 }, (_, line) => `line ${line}`).join('\n')
  const { counts, failures } = readPlaywright({
    stats: { expected: 3, unexpected: 1, flaky: 1, skipped: 0 },
    errors: [{ message: 'no such file' }],
    suites: [
      {
        specs: [spec('is well', 'expected', [])],
        suites: [{ specs: [spec('is ill', 'unexpected', [long]), spec('is moody', 'flaky', ['once'])] }],
      },
    ],
  })
  expect(counts).toEqual({ passed: 3, failed: 3, skipped: 0 })
  expect(failures).toHaveLength(3)
  expect(failures[0]).toMatch(/^ {2}a\.spec\.ts › is ill\n {4}line 0\n/)
  expect(failures[0]).not.toContain('line 20')
  expect(failures[1]).toBe('  a.spec.ts › is moody\n    once')
  expect(failures[2]).toBe('  A file of tests\n    no such file')
})

function spec(title, status, messages) {
  const errors = messages.map((message) => ({ message }))
  return { file: 'a.spec.ts', title, tests: [{ status, results: [{ errors }] }] }
}
