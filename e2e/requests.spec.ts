/**
 * R11 to R14 in the real application: a hospital declares a snapshot, a university asks all hospitals and sees price and noise before the click,
 * gateways answer and attest; the same again costs nothing. Answers by rule wait for two checkers of other hospitals.
 */
import type { Page } from '@playwright/test'
import { expect, show, test } from './fixtures.ts'
import { startDemonstration, untilComplete } from './pages/demonstration.ts'
import { cutOff, latinSentences, zoom } from './pages/looks.ts'
import { wordsOf } from './pages/words.ts'

const pictures = process.env['CONSILIUM_PICTURES']
const ANSWERED_MS = 240_000

const at = (page: Page, place: string) => page.evaluate((where) => void (location.hash = where), place)

async function looks(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return
  for (const [locale, theme] of [
    ['en', 'light'],
    ['zh-Hant', 'dark'],
  ] as const) {
    await page.setViewportSize({ width: 1280, height: 800 })
    await show(page, { locale, theme })
    await page.waitForTimeout(400)
    await page.screenshot({ path: `${pictures}/${name}.${locale}.${theme}.png` })
    expect(await page.evaluate(cutOff), `${name} ${locale}`).toEqual([])
    if (locale === 'zh-Hant') expect(await page.evaluate(latinSentences)).toEqual([])
  }
  await show(page, { locale: 'en', theme: 'light' })
}

test(
  'R12: a university asks all hospitals, sees price and noise before the click, and asks again for nothing',
  { tag: '@long' },
  async ({ launch }) => {
    test.setTimeout(1_200_000)
    const consilium = await launch()
    const { page } = consilium
    const t = wordsOf('en')
    await startDemonstration(page, t, '200')
    await untilComplete(page)

    await page.getByLabel(t.shell.youAre).selectOption('island-university/researcher')
    await at(page, '#/requests')
    await expect(page.getByRole('heading', { level: 1, name: t.requests.title })).toBeVisible()
    await expect(page.getByText(t.requests.catalogue.noSnapshot)).toBeVisible()
    await looks(page, 'requests-none')

    await page.getByLabel(t.shell.youAre).selectOption('north-hospital/administrator')
    await at(page, '#/network/snapshots')
    await expect(page.getByText(t.checks.snapshots.none)).toBeVisible()
    // Other gateways may still be reading their records: the room says how many gave their part, and a person asks again.
    await expect(async () => {
      await page.getByRole('button', { name: t.checks.snapshots.propose }).click({ timeout: 5_000 })
      await expect(page.getByText(t.checks.snapshots.newest)).toBeVisible({ timeout: 45_000 })
    }).toPass({ timeout: 2 * ANSWERED_MS })
    await looks(page, 'snapshots')

    await page.getByLabel(t.shell.youAre).selectOption('island-university/researcher')
    await at(page, '#/requests')
    await expect(page.getByTestId('budget-headline')).toContainText('more tables like this')
    await looks(page, 'requests-catalogue')

    await at(page, '#/requests/compose')
    await page.getByLabel(t.requests.compose.name).fill('Everybody')
    // The dearest count of the demonstration's rules: σ² = 10⁶ / (2 · 20,000) = 25.
    await expect(page.getByTestId('noise')).toContainText(t.requests.price.one('10'))
    await expect(page.getByTestId('remaining')).toContainText('more counts like this')
    await looks(page, 'requests-compose')
    await page.keyboard.press('Control+Enter')
    const state = page.getByTestId('request-state').last()
    await expect(state).toHaveAttribute('data-state', 'answered', { timeout: ANSWERED_MS })
    await expect(page.getByTestId('headline')).toContainText('± 10')
    await expect(page.getByTestId('lane-label')).toContainText('ε = 0.9')
    await expect(page.getByText(/of 4 gateways:/)).toBeVisible()
    await looks(page, 'requests-answer')

    await at(page, '#/requests/compose')
    await expect(page.getByText(t.requests.price.same('Everybody'))).toBeVisible()

    // Another form needs more of the form: a sentence says what, and nothing can be asked before.
    await page.getByLabel(t.requests.compose.output).selectOption('table')
    await page.getByRole('button', { name: t.requests.compose.removeVariable('Sex') }).click()
    await expect(page.getByText(t.requests.problem.axes)).toBeVisible()
    await expect(page.getByRole('button', { name: t.requests.compose.submit, exact: true })).toBeDisabled()
    await looks(page, 'requests-problem')
    await zoom(consilium, 2)
    await page.waitForTimeout(300)
    expect(await page.evaluate(cutOff)).toEqual([])
    if (pictures !== undefined) await page.screenshot({ path: `${pictures}/requests-zoom.png` })
    await zoom(consilium, 1)

    await page.getByLabel(t.shell.youAre).selectOption('harbour-hospital/checker')
    await at(page, '#/checks')
    await expect(page.getByText(t.checks.empty)).toBeVisible()
    await looks(page, 'checks-none')
  },
)
