/** A researcher cleans the records of a cohort, in the real application: presets, steps, and what they do and leave. */
import { expect, show, test } from './fixtures.ts'
import { startDemonstration, untilComplete } from './pages/demonstration.ts'
import { wordsOf } from './pages/words.ts'

test(
  'R4: a researcher cleans step by step and sees values before and after, reasons and who is left',
  { tag: '@long' },
  async ({ launch }) => {
    test.setTimeout(900_000)
    const { page } = await launch()
    const t = wordsOf('en')
    await startDemonstration(page, t, '20')
    await untilComplete(page)
    await page.getByLabel(t.shell.youAre).selectOption('north-hospital/researcher')
    await page.evaluate(() => void (location.hash = '#/cleaning'))
    await expect(page.getByRole('heading', { level: 1, name: t.cleaning.title })).toBeVisible()
    await expect(page.getByTestId('cleaning-step')).toHaveCount(11)
    const result = page.getByTestId('cleaning-result')
    const run = async () => {
      await page.getByRole('button', { name: t.cleaning.run }).click()
      await expect(result).toHaveAttribute('aria-busy', 'false', { timeout: 120_000 })
      await expect(result.getByText(t.cleaning.stale)).toHaveCount(0)
    }
    await run()
    const left = result.getByRole('table', { name: t.cleaning.left })
    await expect(left.locator('tbody tr')).toHaveCount(12)
    const hashes = await result.locator('.mono').getAttribute('title')
    await run()
    expect(await result.locator('.mono').getAttribute('title')).toBe(hashes)

    // A step less: the result says that it is older, and the next one has other hashes.
    await page.getByLabel(t.cleaning.presets).selectOption('versions')
    await expect(page.getByTestId('cleaning-step')).toHaveCount(1)
    await expect(result.getByText(t.cleaning.stale)).toBeVisible()
    await run()
    await expect(left.locator('tbody tr')).toHaveCount(2)
    expect(await result.locator('.mono').getAttribute('title')).not.toBe(hashes)
    await page.getByLabel(t.cleaning.undo).click()
    await expect(page.getByTestId('cleaning-step')).toHaveCount(11)
    await run()
    const pictures = process.env['CONSILIUM_PICTURES']
    if (pictures === undefined) return
    for (const [locale, theme] of [
      ['en', 'light'],
      ['zh-Hant', 'dark'],
    ] as const) {
      await page.setViewportSize({ width: 1280, height: 800 })
      await show(page, { locale, theme })
      await expect(result).toHaveAttribute('aria-busy', 'false')
      await page.screenshot({ path: `${pictures}/cleaning.${locale}.${theme}.png` })
      await page.screenshot({ path: `${pictures}/cleaning.${locale}.${theme}.whole.png`, fullPage: true })
    }
  },
)
