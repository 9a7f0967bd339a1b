/**
 * How soon the demonstration can be used after the click, and how soon another person's institution is there. Run by
 * `npm run bench -- demonstration [patients]`.
 */
import { writeFileSync } from 'node:fs'
import { expect, test } from './fixtures.ts'
import { given } from './pages/bench.ts'
import { isStreaming, startDemonstration, untilComplete } from './pages/demonstration.ts'
import { wordsOf } from './pages/words.ts'

const patients = process.env['CONSILIUM_BENCH_PATIENTS'] ?? '200'
const PEOPLE = [
  'hill-hospital/administrator',
  'north-hospital/clerk',
  'island-university/researcher',
  'north-hospital/administrator',
]

test('the demonstration in the window', async ({ launch }) => {
  const results = given('CONSILIUM_BENCH_RESULTS')
  test.setTimeout(1_200_000)
  const { page } = await launch()
  const t = wordsOf('en')
  const clicked = performance.now()
  await startDemonstration(page, t, patients)
  // A visit is in sight and the person can be changed: it can be used.
  const who = page.getByLabel(t.shell.youAre)
  await expect(page.getByTestId('visit-row').first()).toBeVisible({ timeout: 600_000 })
  const usableMs = Math.round(performance.now() - clicked)
  const change = async (personId: string): Promise<number> => {
    const name = await who.locator(`option[value="${personId}"]`).locator('..').getAttribute('label')
    const asked = performance.now()
    await who.selectOption(personId)
    await expect(page.getByText(name!, { exact: true }).first()).toBeVisible({ timeout: 60_000 })
    await expect(page.getByTestId('status-pill')).toBeVisible()
    return Math.round(performance.now() - asked)
  }
  const whileStreaming: number[] = []
  if (await isStreaming(page)) for (const person of PEOPLE) whileStreaming.push(await change(person))
  await untilComplete(page)
  const completeMs = Math.round(performance.now() - clicked)
  const changes: number[] = []
  for (const person of PEOPLE) changes.push(await change(person))
  writeFileSync(
    results,
    JSON.stringify({ usableMs, completeMs, changeWhileStreamingMs: whileStreaming, changeMs: changes }),
  )
})
