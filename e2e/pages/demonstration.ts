/** The demonstration consortium, as a visitor starts it. */
import type { Page } from '@playwright/test'
import { expect } from '../fixtures.ts'
import type { PageWords } from './words.ts'

/** Clicks through to it; resolves when it can be used, while patients may still stream in. */
export async function startDemonstration(page: Page, t: PageWords, patients: string): Promise<void> {
  await page.getByRole('button', { name: t.firstRun.demonstration.title }).click()
  await page.getByLabel(t.firstRun.patients).selectOption(patients)
  await page.getByRole('button', { name: t.firstRun.demonstrationNow }).click()
  await expect(page.getByLabel(t.shell.youAre)).toBeVisible({ timeout: 600_000 })
}

export const isStreaming = (page: Page): Promise<boolean> =>
  page.evaluate(async () => {
    const answer = await window.consilium.jobs.list()
    const jobs = answer.ok ? (answer.value as { kind: string; state: string }[]) : []
    return jobs.some(({ kind, state }) => kind === 'demonstration' && state === 'running')
  })

/** Every member has the same chain with all patients. */
export const untilComplete = (page: Page, timeout = 600_000): Promise<void> =>
  expect.poll(() => isStreaming(page), { timeout }).toBe(false)
