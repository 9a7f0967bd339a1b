/**
 * The rooms of research on a hospital with no visit, one, twenty, and about a million facts: each says what it has, draws no more than a
 * person can read, and what takes long says how far it is and can be stopped.
 */
import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Locator, Page } from '@playwright/test'
import type { CohortDefinition } from '../src/shared/domain/cohort.ts'
import { expect, root, show, test, type Consilium } from './fixtures.ts'
import { deskOf } from './pages/desk.ts'
import { cutOff, latinSentences } from './pages/looks.ts'
import { arePicturesKept, inLook, keepPicture } from './pages/pictures.ts'
import { wordsOf } from './pages/words.ts'

const t = wordsOf('en')
const q = t.question
/** With what synthetic visits say about twenty facts each. A million take `CONSILIUM_SIZES=1000000`, and most of an hour. */
const MANY = Number(process.env['CONSILIUM_SIZES'] ?? 50_000)
/** Visits that are opened one by one while the test looks on. */
const OPENED_MOST = 100_000
/** Whoever gets a diagnosis of diabetes in one year, at sixty and more: some hundreds among however many. */
const NARROW: CohortDefinition = {
  schema: 'cohort/1',
  title: 'Diabetes at sixty and more',
  codeSets: { dm: { kind: 'diagnosis', name: 'Type 2 diabetes', include: ['E11*'], exclude: [] } },
  entry: { event: { kind: 'diagnosis', codes: 'dm' }, priorDays: 0, which: 'first' },
  steps: [
    { use: 'include', rule: { kind: 'age', atLeast: 60 } },
    { use: 'include', rule: { kind: 'calendar', from: '2018-01-01', to: '2018-12-31' } },
  ],
}
const EVERYBODY: CohortDefinition = {
  ...NARROW,
  title: 'Everybody',
  codeSets: {},
  entry: { event: { kind: 'visit' }, priorDays: 0, which: 'first' },
  steps: [],
}
/** What a screen is made of: tables that draw all would be many times more. */
const ELEMENTS_MOST = 6_000
const LONG_MS = Math.max(900_000, 3 * MANY)
/** As somebody types. */
const KEY_EVERY_MS = 120
const KEYS = 100

let scratch: string | null = null
test.afterEach(async () => {
  if (scratch !== null) await rm(scratch, { recursive: true, force: true, maxRetries: 5 })
  scratch = null
})

/** A copy of the chain of the cache: a test leaves its traces in its own. */
async function opened(launch: (options: { args: string[] }) => Promise<Consilium>, visits: number) {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    // A million records are not opened while a test waits: this hospital has asked of them before.
    [
      join(root, 'scripts/run-bundled.mjs'),
      'bench',
      'chain',
      String(visits),
      ...(visits > OPENED_MOST ? ['read'] : []),
    ],
    { cwd: root, maxBuffer: 1 << 24 },
  )
  const made = stdout.trim().split('\n').at(-1)!
  scratch = await mkdtemp(join(tmpdir(), 'consilium-sizes-'))
  const folder = join(scratch, 'profile')
  await cp(made, folder, { recursive: true })
  return openedFrom(launch, folder)
}

async function openedFrom(launch: (options: { args: string[] }) => Promise<Consilium>, folder: string) {
  const consilium = await launch({ args: ['--profile', folder] })
  const { page } = consilium
  await page
    .getByRole('button', { name: /Bench Hospital/ })
    .first()
    .click()
  await expect(page.getByRole('button', { name: deskOf(consilium, 'en').t.firstRun.openNow })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('navigation', { name: t.shell.navigation })).toBeVisible({ timeout: 120_000 })
  return { ...consilium, folder }
}

interface KeyDelays {
  keys: number
  /** Milliseconds from the key to the page's first work on it, and to the picture after it: the longest. */
  longest: number
  longestToPicture: number
}

/** Types into a field as somebody would while a run is under way; how long the page took to hear the slowest key. */
async function keyDelays(page: Page, field: Locator, isRunning: () => Promise<boolean>): Promise<KeyDelays> {
  await field.focus()
  await page.evaluate(() => {
    const seen = { keys: 0, longest: 0, longestToPicture: 0 }
    const hear = (event: KeyboardEvent) => {
      seen.keys++
      seen.longest = Math.max(seen.longest, performance.now() - event.timeStamp)
      requestAnimationFrame(() =>
        setTimeout(() => {
          seen.longestToPicture = Math.max(seen.longestToPicture, performance.now() - event.timeStamp)
        }, 0),
      )
    }
    addEventListener('keydown', hear, { capture: true })
    Object.assign(window, { keysHeard: { seen, stop: () => removeEventListener('keydown', hear, true) } })
  })
  for (let key = 0; key < KEYS && (await isRunning()); key++) {
    await page.keyboard.press(key % 2 === 0 ? 'x' : 'Backspace')
    await page.waitForTimeout(KEY_EVERY_MS)
  }
  return page.evaluate(() => {
    const { seen, stop } = (window as unknown as { keysHeard: { seen: KeyDelays; stop(): void } }).keysHeard
    stop()
    return {
      keys: seen.keys,
      longest: Math.round(seen.longest),
      longestToPicture: Math.round(seen.longestToPicture),
    }
  })
}

const at = (page: Page, place: string) => page.evaluate((where) => void (location.hash = where), place)

const SMALL = { width: 1280, height: 800 }
/** What lies below the fold too. */
const TALL = { width: 1280, height: 3_000 }
const LARGE = { width: 1920, height: 1080 }
async function looks(page: Page, name: string): Promise<void> {
  for (const [locale, theme, size] of [
    ['en', 'light', SMALL],
    ['zh-Hant', 'dark', SMALL],
    ['en', 'dark', LARGE],
    ['zh-Hant', 'light', LARGE],
  ] as const) {
    await page.setViewportSize(size)
    await show(page, { locale, theme })
    if (arePicturesKept) {
      await page.waitForTimeout(400)
      await keepPicture(page, `${inLook(name, { locale, theme })}.${size.width}`)
    }
    expect.soft(await page.evaluate(cutOff), `${name} ${locale}`).toEqual([])
    if (locale === 'zh-Hant') expect.soft(await page.evaluate(latinSentences), name).toEqual([])
    const elements = await page.evaluate(() => document.querySelectorAll('main *').length)
    expect.soft(elements, name).toBeLessThan(ELEMENTS_MOST)
  }
  await show(page, { locale: 'en', theme: 'light' })
  if (arePicturesKept) {
    await page.setViewportSize(TALL)
    await page.waitForTimeout(400)
    await keepPicture(page, `${name}.whole`)
  }
  await page.setViewportSize(SMALL)
}

const ended = (page: Page) =>
  expect(page.getByRole('button', { name: q.run, exact: true })).toBeEnabled({ timeout: LONG_MS })

for (const visits of [0, 1, 20]) {
  test(
    `the rooms of research say what there is with ${visits} visits`,
    { tag: '@long' },
    async ({ launch }) => {
      test.setTimeout(600_000)
      const { page } = await opened(launch, visits)
      await page.setViewportSize(SMALL)
      await at(page, '#/cohorts')
      const attrition = page.getByTestId('attrition')
      const said = { 0: t.cohorts.noVisits, 1: t.cohorts.oneVisit }[visits]
      if (said === undefined)
        await expect(attrition.locator('tbody tr').first()).toBeVisible({ timeout: LONG_MS })
      else await expect(attrition.getByText(said)).toBeVisible({ timeout: LONG_MS })
      await looks(page, `sizes-${visits}-cohorts`)
      await at(page, '#/cleaning')
      await expect(page.getByRole('heading', { level: 1, name: t.cleaning.title })).toBeVisible()
      await looks(page, `sizes-${visits}-cleaning`)
      await at(page, '#/pathways')
      await expect(page.getByRole('heading', { level: 1, name: t.pathways.title })).toBeVisible()
      await looks(page, `sizes-${visits}-pathways`)
      await at(page, '#/question')
      await expect(page.getByRole('heading', { level: 1, name: q.title })).toBeVisible()
      await page.keyboard.press('Control+Enter')
      await ended(page)
      await expect(page.getByTestId('ready')).not.toContainText(q.notWeighed)
      await looks(page, `sizes-${visits}-question`)
    },
  )
}

test(
  'R18: a million facts are counted, cleaned, followed and fitted with progress and a cancel, and no screen draws them all',
  { tag: '@long' },
  async ({ launch }) => {
    test.setTimeout(LONG_MS + MANY * 10)
    const took: Record<string, number> = {}
    let since = Date.now()
    const note = (step: string) => {
      took[step] = Math.round((Date.now() - since) / 100) / 10
    }
    const begin = () => (since = Date.now())
    begin()
    const { app, page, folder } = await opened(launch, MANY)
    note('open')
    await page.setViewportSize(SMALL)
    // While the records are made ready each room says how far that is; then the count is of all of them.
    begin()
    await at(page, '#/question')
    await expect(page.getByText(t.cohorts.filling)).toBeVisible({ timeout: LONG_MS })
    await looks(page, 'sizes-many-filling')
    await at(page, '#/cohorts')
    const attrition = page.getByTestId('attrition')
    const counted = async () => {
      await expect(attrition).toContainText(`up to block ${(MANY - 1).toLocaleString('en')}`, {
        timeout: LONG_MS + MANY,
      })
      await expect(attrition).toHaveAttribute('aria-busy', 'false', { timeout: LONG_MS })
    }
    await counted()
    await expect(page.getByText(t.cohorts.filling)).toHaveCount(0)
    note('until all records are ready and counted')
    await looks(page, 'sizes-many-cohorts')

    const main = page.getByRole('main')
    const progress = main.getByRole('progressbar')
    const button = (name: string) => page.getByRole('button', { name, exact: true })
    /** Presses it, sees how far it is, and waits for its end; cancelled where that is what is looked at. */
    const press = async (start: () => Promise<void>, name: string, meanwhile?: 'cancel' | Locator) => {
      // A key that comes before its room is lost.
      await expect(button(name)).toBeEnabled()
      begin()
      await start()
      await expect(progress).toBeVisible({ timeout: 120_000 })
      if (meanwhile === 'cancel') await main.getByRole('button', { name: t.shell.cancel }).click()
      else if (meanwhile !== undefined)
        delays[name] = await keyDelays(page, meanwhile, () => progress.isVisible())
      await expect(button(name)).toBeEnabled({ timeout: LONG_MS })
    }
    const delays: Record<string, KeyDelays> = {}
    const clean = () => button(t.cleaning.run).click()
    const ask = () => page.keyboard.press('Control+Enter')
    const follow = () => button(t.pathways.run).click()
    const cleaned = page.getByTestId('cleaning-result')
    const result = page.getByTestId('study-result')
    const followed = page.getByTestId('pathways-result')

    await at(page, '#/cleaning')
    await press(clean, t.cleaning.run, 'cancel')
    await expect(page.getByText(t.cleaning.cancelled)).toBeVisible({ timeout: LONG_MS })
    note('a cleaning that is cancelled')
    await looks(page, 'sizes-many-cleaning')
    await press(clean, t.cleaning.run, page.getByLabel(t.cleaning.asText))
    note('cleaning, everybody')
    await expect(cleaned).toBeVisible()
    await expect(page.getByTestId('cleaning-examples')).toContainText(t.cleaning.examples.of.records)
    await button(t.cleaning.examples.show).click()
    await expect(
      page.getByRole('table', { name: t.cleaning.examples.title }).locator('tbody tr').first(),
    ).toBeVisible()
    await looks(page, 'sizes-many-cleaned')

    await at(page, '#/question')
    await press(ask, q.run, 'cancel')
    await expect(page.getByText(q.cancelled)).toBeVisible({ timeout: LONG_MS })
    note('a question that is cancelled')
    // What was stopped leaves the thread free: the whole question is answered now.
    await press(ask, q.run, page.getByLabel(q.name))
    await expect(result).toBeVisible({ timeout: LONG_MS })
    note('question, everybody')
    await looks(page, 'sizes-many-question')
    await result.scrollIntoViewIfNeeded()
    await looks(page, 'sizes-many-result')
    await page.getByTestId('study-history').scrollIntoViewIfNeeded()
    await looks(page, 'sizes-many-history')

    await at(page, '#/pathways')
    await press(follow, t.pathways.run)
    await expect(followed).toBeVisible()
    note('pathways, everybody')
    // Events that nobody named are called so in the language of now.
    await show(page, { locale: 'zh-Hant' })
    await expect(followed.locator('svg', { hasText: '住院' }).first()).toBeVisible()
    await looks(page, 'sizes-many-pathways')
    await at(page, '#/models')
    await expect(page.getByRole('heading', { level: 1, name: t.models.title })).toBeVisible()
    await looks(page, 'sizes-many-models')

    // Of fewer there is hardly one of these people.
    if (MANY > OPENED_MOST) {
      // Among all of these, the people of one question: counted, cleaned, asked and followed.
      await at(page, '#/cohorts')
      await counted()
      begin()
      await page.getByLabel(t.cohorts.asText).fill(JSON.stringify(NARROW))
      await button(t.cohorts.take).click()
      await expect(attrition.locator('tbody tr')).toHaveCount(6, { timeout: LONG_MS })
      await expect(attrition).toHaveAttribute('aria-busy', 'false', { timeout: LONG_MS })
      note('a narrower cohort counted')
      await looks(page, 'sizes-narrow-cohorts')
      await at(page, '#/cleaning')
      await press(clean, t.cleaning.run)
      await expect(cleaned).toBeVisible()
      note('cleaning, the narrower cohort')
      await looks(page, 'sizes-narrow-cleaned')
      await at(page, '#/question')
      await press(ask, q.run)
      await expect(result).toBeVisible({ timeout: LONG_MS })
      note('question, the narrower cohort')
      await looks(page, 'sizes-narrow-question')
      await result.scrollIntoViewIfNeeded()
      await looks(page, 'sizes-narrow-result')
      await at(page, '#/pathways')
      await press(follow, t.pathways.run)
      await expect(followed).toBeVisible()
      note('pathways, the narrower cohort')
      await looks(page, 'sizes-narrow-pathways')
    }

    // What is under way when the application ends is said on the next start, and goes on with one key.
    await at(page, '#/cohorts')
    await page.getByLabel(t.cohorts.asText).fill(JSON.stringify(EVERYBODY))
    await button(t.cohorts.take).click()
    await at(page, '#/cleaning')
    await clean()
    await expect(progress).toBeVisible({ timeout: 120_000 })
    // Whoever waited for less asks again without being told.
    await page.waitForTimeout(3_000)
    await expect(progress).toBeVisible()
    await app.close()
    const { page: next } = await openedFrom(launch, folder)
    await at(next, '#/cleaning')
    await expect(next.getByText(q.unfinished.title.cleaning)).toBeVisible({ timeout: LONG_MS })
    await looks(next, 'sizes-many-unfinished')
    begin()
    await next.getByRole('button', { name: q.unfinished.again }).click()
    await expect(next.getByText(q.unfinished.title.cleaning)).toHaveCount(0)
    await expect(next.getByTestId('cleaning-result')).toBeVisible({ timeout: 2 * LONG_MS })
    note('cleaning, everybody, after the next start')
    await next.reload()
    await at(next, '#/question')
    await expect(next.getByRole('heading', { level: 1, name: q.title })).toBeVisible()
    await expect(next.getByText(q.unfinished.title.cleaning)).toHaveCount(0)
    process.stdout.write(`${JSON.stringify({ visits: MANY, seconds: took, delaysMs: delays })}\n`)
  },
)
