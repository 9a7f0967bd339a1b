/**
 * I2, I4, I7, I10 and I12 in the real application: the demonstration's insurer says which factors are permitted, prices a product from its
 * answered table, changes a relativity by hand, makes a version and makes it once more; what nobody else approved prices no group.
 */
import { expect, show, test, type Consilium } from './fixtures.ts'
import { startDemonstration, untilComplete } from './pages/demonstration.ts'
import { cutOff, latinSentences } from './pages/looks.ts'
import { wordsOf } from './pages/words.ts'

const pictures = process.env['CONSILIUM_PICTURES']
const ANSWERED_MS = 300_000
/** Of fewer the noise is larger than what was counted in some age band, and nothing is priced. */
const PATIENTS = process.env['CONSILIUM_GROUPS_PATIENTS'] ?? '2000'

async function looks({ page, app }: Consilium, name: string): Promise<void> {
  for (const [locale, theme, width, height] of [
    ['en', 'light', 1280, 800],
    ['zh-Hant', 'dark', 1280, 800],
    ['en', 'dark', 1920, 1080],
    ['zh-Hant', 'light', 1920, 1080],
  ] as const) {
    await app.evaluate(
      ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]!.setContentSize(size.width, size.height),
      { width, height },
    )
    await expect.poll(() => page.evaluate(() => window.innerWidth)).toBe(width)
    await show(page, { locale, theme })
    await page.waitForTimeout(400)
    if (pictures !== undefined)
      await page.screenshot({ path: `${pictures}/${name}.${locale}.${theme}.${width}.png` })
    expect(await page.evaluate(cutOff), `${name} ${locale}`).toEqual([])
    // What an analyst typed, names and formulas stay as they are.
    if (locale === 'zh-Hant' && name === 'pricing-work')
      expect(await page.evaluate(latinSentences)).toEqual([])
  }
  await show(page, { locale: 'en', theme: 'light' })
}

test(
  'an analyst prices a product from an answered table, and makes a tariff',
  { tag: '@long' },
  async ({ launch }) => {
    test.setTimeout(1_200_000)
    const consilium = await launch()
    const { page } = consilium
    const words = wordsOf('en')
    const { pricing: t, tariffs: v } = words
    const at = (place: string) => page.evaluate((where) => void (location.hash = where), place)
    await startDemonstration(page, words, PATIENTS)
    await untilComplete(page)
    await page.getByLabel(words.shell.youAre).selectOption('harvest-insurance/analyst')
    await at('#/groups')
    await expect(page.getByTestId('source')).toBeVisible({ timeout: ANSWERED_MS })
    await at('#/pricing')

    // I10: nothing is priced before somebody said which factors are permitted.
    await page.getByLabel(t.product, { exact: true }).fill('Group health')
    await page.getByLabel(t.jurisdiction, { exact: true }).fill('TW')
    await looks(consilium, 'pricing-work')
    await page.getByText(words.pricing.factorNames['ageBand']!, { exact: true }).click()
    await page.getByText(words.pricing.factorNames['sex']!, { exact: true }).click()
    await page.getByRole('button', { name: t.price, exact: true }).click()
    await expect(page.getByRole('alert')).toContainText(t.problems['no-rules'].slice(0, 30))
    await page.getByLabel(t.allowed).fill('ageBand\ngroup')
    await page.getByLabel(t.forbidden).fill('sex, one premium for women and men')
    await page.getByRole('button', { name: t.saveRules }).click()
    await expect(page.getByText(t.rulesSaved('1'))).toBeVisible()
    await page.getByRole('button', { name: t.price, exact: true }).click()
    await expect(page.getByRole('alert')).toContainText('one premium for women and men')
    await looks(consilium, 'pricing-refused')
    await page.getByText(words.pricing.factorNames['sex']!, { exact: true }).click()

    // I2: relativities with limits and exposure, changed by hand with who, when and why.
    await page.getByRole('button', { name: t.price, exact: true }).click()
    await expect(page.getByTestId('gross')).toBeVisible({ timeout: 60_000 })
    const tab = (name: keyof typeof t.tabs) => page.getByRole('tab', { name: t.tabs[name] }).click()
    await tab('relativities')
    await page.getByLabel(t.relativity, { exact: true }).first().fill('1.1')
    await page.getByLabel(t.reason).fill('Agreed with underwriting')
    await page.getByRole('button', { name: t.note }).click()
    await expect(page.getByTestId('changes')).toContainText('Agreed with underwriting', { timeout: 60_000 })
    await looks(consilium, 'pricing-relativities')
    await tab('premium')
    await page.getByRole('button', { name: t.addStep }).click()
    await page.getByRole('button', { name: t.pricedAgain }).click()
    await looks(consilium, 'pricing-premium')
    await tab('checks')
    await looks(consilium, 'pricing-checks')

    // I7: a formula that names something else has an error with its place.
    await tab('elsewhere')
    await page.getByRole('textbox', { name: t.formula, exact: true }).fill('3000 * patientId')
    await page.getByRole('button', { name: t.compare, exact: true }).click()
    await expect(page.getByRole('alert')).toContainText('patientId')
    await page.getByRole('textbox', { name: t.formula, exact: true }).fill('300000')
    await page.getByRole('button', { name: t.compare, exact: true }).click()
    await expect(page.getByText(t.impact, { exact: true })).toBeVisible({ timeout: 60_000 })
    await looks(consilium, 'pricing-elsewhere')

    // I12: a version that waits for another person, and comes out again.
    await page.getByLabel(t.validFrom).fill('2026-01-01')
    await page.getByRole('button', { name: t.doMake }).click()
    const made = page.getByText(t.made('Group health'))
    await expect(made).toBeVisible({ timeout: 60_000 })
    await page.getByRole('button', { name: t.goTariffs }).last().click()
    await expect(page.getByText(v.ownTariff)).toBeVisible()
    await page.getByRole('button', { name: v.replay }).click()
    await expect(page.getByText(v.replayed.identical)).toBeVisible({ timeout: 60_000 })
    await looks(consilium, 'tariffs-version')

    // On paper the version stands alone, with its mark; nothing of the room beside it.
    const printed = page.getByRole('article', { name: v.full('Group health', 1) })
    await page.emulateMedia({ media: 'print' })
    await expect(printed.getByRole('heading', { name: v.full('Group health', 1), exact: true })).toBeVisible()
    await expect(printed.getByText('Answer of the consortium’s gateways')).toBeVisible()
    await expect(page.getByText(v.honest)).toBeHidden()
    await expect(page.getByText(v.ownTariff)).toBeHidden()
    await page.emulateMedia({ media: null })

    // I4: nobody but its maker is there to approve it here, and what is not approved prices no group.
    await expect(page.getByText(v.groupWaits)).toBeVisible()
    await expect(page.getByLabel(v.census)).toHaveCount(0)
  },
)
