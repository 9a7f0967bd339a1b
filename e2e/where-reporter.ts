/**
 * Says where a test stood when its time was up: Playwright names a locator that was waited for, but neither a key that was
 * never taken nor a question that the application never answered.
 */
import { readFileSync } from 'node:fs'
import type { Reporter, TestCase, TestResult, TestStep } from '@playwright/test/reporter'

const SNAPSHOT_LINES = 60

export default class WhereReporter implements Reporter {
  private readonly open = new Map<TestResult, Set<TestStep>>()

  onStepBegin(_test: TestCase, result: TestResult, step: TestStep): void {
    const steps = this.open.get(result) ?? new Set()
    this.open.set(result, steps.add(step))
  }

  onStepEnd(_test: TestCase, result: TestResult, step: TestStep): void {
    // A step that ended because the time was up is the one to be named.
    if (step.error === undefined) this.open.get(result)?.delete(step)
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    const steps = this.open.get(result) ?? []
    this.open.delete(result)
    if (result.status === test.expectedStatus || result.status === 'skipped') return
    for (const { category, title, location } of steps)
      console.log(`  stood at ${category} ${title} ${location ? `(line ${location.line})` : ''}`)
    const snapshot = result.attachments.find(({ name }) => name === 'error-context')?.path
    if (snapshot !== undefined)
      console.log(readFileSync(snapshot, 'utf8').split('\n').slice(0, SNAPSHOT_LINES).join('\n'))
  }

  printsToStdio(): boolean {
    return false
  }
}
