/**
 * The short way of `requests.spec.ts`, on a small demonstration: a university asks a table, gets it and saves its package (in every run the walk
 * through all screens saves and reviews the package of one that was answered), and asks from the rooms of cleaning and pathways what all
 * hospitals' real results and real ways look like.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { strFromU8, unzipSync } from 'fflate'
import type { Catalog } from '../src/shared/contract/requests.ts'
import { answerSaveDialogs, expect, test } from './fixtures.ts'
import { as, ask, at } from './pages/bridge.ts'
import { ALL_LOOKS, arePicturesKept, keepLooks } from './pages/pictures.ts'
import { startDemonstration, untilComplete } from './pages/demonstration.ts'
import { askRealPathways } from './pages/real-pathways.ts'
import { ANSWERED_MS, countedAt, rowOf, submit, untilState } from './pages/requests.ts'
import { wordsOf } from './pages/words.ts'

const t = wordsOf('en')
const words = t.cleaning.real

test(
  'a university asks a table of all hospitals and saves its package',
  { tag: '@long' },
  async ({ launch }) => {
    const { app, page, scratchFolder } = await launch()
    await startDemonstration(page, t, '200')
    await untilComplete(page)
    await as(page, 'island-university/researcher', '#/requests')
    const catalog = (): Promise<Catalog> => ask<Catalog>(page, 'requests.catalog')
    await expect.poll(async () => (await catalog()).snapshots.length, { timeout: ANSWERED_MS }).toBe(1)
    const asked = countedAt((await catalog()).snapshots[0]!.hash, {
      output: {
        kind: 'histogram',
        axis: { variable: 'age-years', edges: [50] },
        counted: { unit: 'patients' },
      },
    })
    const { answer: submitted } = await submit(page, asked, 'Below fifty and above')
    expect(submitted.kind).toBe('submitted')
    await untilState(page, 'Below fifty and above', 'answered')
    const path = join(scratchFolder, 'package.zip')
    await answerSaveDialogs(app, path)
    await at(page, `#/requests/list/${(await rowOf(page, 'Below fifty and above'))!.studyHash}`)
    await page.getByRole('button', { name: t.reviews.save.make, exact: true }).click()
    await expect(page.getByText(t.reviews.save.saved(path))).toBeVisible({ timeout: ANSWERED_MS })
    const files = unzipSync(new Uint8Array(await readFile(path)))
    expect(strFromU8(files['result.csv']!)).toContain('age-years below 50')
  },
)

test(
  'R3: a university asks for the real cleaning profile and the real pathways of all hospitals, and sees its twin beside them',
  { tag: '@long' },
  async ({ launch }) => {
    test.setTimeout(900_000)
    const { app, page, scratchFolder } = await launch()
    await startDemonstration(page, t, '200')
    await untilComplete(page)
    await as(page, 'island-university/researcher', '#/requests')
    await expect
      .poll(async () => (await ask<Catalog>(page, 'requests.catalog')).snapshots.length, {
        timeout: ANSWERED_MS,
      })
      .toBe(1)
    const found = await askRealProfile(page)
    // Tall enough for the whole answer: the room scrolls inside.
    if (arePicturesKept) await page.setViewportSize({ width: 1280, height: 2600 })
    await keepLooks(page, 'real-profile', ALL_LOOKS)
    // The twin is made by the first question to it: thousands of invented people.
    const table = found.getByRole('table', { name: words.requestTitle(t.cohorts.untitled) })
    await expect(table.getByRole('columnheader', { name: words.peopleOf(words.twin) })).toBeVisible({
      timeout: 600_000,
    })
    const usual = table.getByRole('row', { name: words.asWritten(words.sorts.usual) }).first()
    await expect(usual.getByRole('cell').last()).toContainText('%')
    await expect(found.getByText(words.besideTwin)).toBeVisible()
    await expect(found.getByTestId('counting-here')).toHaveCount(0)
    // Beside the steps, in the smallest window, no table is wider than its place.
    for (const each of await found.getByRole('table').all())
      expect(await each.evaluate((of) => of.scrollWidth - of.parentElement!.clientWidth)).toBeLessThanOrEqual(
        1,
      )
    await keepLooks(page, 'real-profile-beside-twin', ALL_LOOKS)
    await askRealPathways({ app, page, scratchFolder })
  },
)

/** In the cleaning room, by its button. Resolves with what stands there once the answer has come. */
async function askRealProfile(page: Page): Promise<Locator> {
  await at(page, '#/cleaning')
  const real = page.getByTestId('real-profile')
  await expect(real.getByText(words.introTwin)).toBeVisible()
  const tests = real.getByRole('group', { name: words.tests })
  for (const name of [
    'Body mass index',
    'LDL cholesterol (calculated)',
    'LDL cholesterol (direct)',
    'Creatinine, serum',
  ])
    await tests.getByText(name, { exact: true }).click()
  // Nothing is asked by looking at the room: the price, what it buys and what remains stand before the button.
  await real.getByText(t.requests.price.presets.fine, { exact: true }).click()
  // As much as one table may cost, which the members decide.
  await expect(real.getByTestId('price')).toContainText(/: ([\d,]+) of at most \1 /)
  await expect(real.getByTestId('remaining')).toContainText(t.requests.budget.what.table('1'))
  expect(await rowOf(page, words.requestTitle(t.cohorts.untitled))).toBeUndefined()
  await real.getByRole('button', { name: words.ask, exact: true }).click()
  await untilState(page, words.requestTitle(t.cohorts.untitled), 'answered')
  const found = real.getByTestId('real-answer')
  await expect(found).toHaveAttribute('data-state', 'answered')
  // The twin is counted by itself; until it stands beside the real numbers, the room says so.
  await expect(found.getByTestId('counting-here').or(found.getByText(words.besideTwin)).first()).toBeVisible()
  const table = found.getByRole('table', { name: words.requestTitle(t.cohorts.untitled) })
  const usual = table.getByRole('row', { name: words.asWritten(words.sorts.usual) }).first()
  await expect(usual).toContainText(/± \d+/)
  await expect(usual).toContainText('%')
  await expect(found.getByRole('table', { name: words.yearsTitle })).toBeVisible()
  // The same costs nothing, and is not asked twice.
  await expect(real.getByText(t.requests.askAll.same)).toBeVisible()
  await expect(real.getByRole('button', { name: words.ask, exact: true })).toBeDisabled()
  return found
}
