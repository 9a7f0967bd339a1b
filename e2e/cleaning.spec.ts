/** A researcher cleans the records of a cohort, in the real application: presets, steps, and what they do and leave. */
import { expect, show, test } from './fixtures.ts'
import { startDemonstration, untilComplete } from './pages/demonstration.ts'
import { arePicturesKept, inEachLook, inLook, keepPicture } from './pages/pictures.ts'
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
    // Whoever may open no record sees what the steps do to invented people: as written, before, after and why.
    const examples = result.getByRole('table', { name: t.cleaning.examples.title })
    await expect(result.getByText(t.cleaning.examples.of.invented)).toBeVisible()
    const guessed = examples.getByRole('row', { name: t.cleaning.reasons['unit-guessed'] }).first()
    await expect(guessed).toContainText(t.cleaning.steps['harmonise-units'])
    await expect(guessed.locator('td')).toHaveCount(5)
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
    await expect(result.getByText(t.cleaning.ofWritten)).toBeVisible()

    // On what it is judged who is in is the question's choice: the preview follows it, and says which it is.
    await page.getByLabel(t.question.model.judged).selectOption('cleaned')
    await expect(result.getByText(t.cleaning.stale)).toBeVisible()
    await run()
    await expect(left.locator('tbody tr')).toHaveCount(13)
    await expect(left.getByRole('row', { name: t.cleaning.inAfter })).toBeVisible()
    await expect(result.getByText(t.cleaning.ofCleaned)).toBeVisible()
    await page.evaluate(() => void (location.hash = '#/question'))
    await expect(page.getByTestId('whole-question')).toContainText(t.question.sentence.cleanedFirst('11'))
    await page.evaluate(() => void (location.hash = '#/cleaning'))
    // In another language it is the same question, whatever stands in for a name.
    await show(page, { locale: 'zh-Hant' })
    const zh = wordsOf('zh-Hant').cleaning
    await expect(result.getByText(zh.ofCleaned)).toBeVisible()
    await expect(result.getByText(zh.stale)).toHaveCount(0)
    await expect(result.getByRole('table', { name: zh.examples.title })).toContainText(
      zh.reasons['unit-guessed'],
    )
    if (!arePicturesKept) return
    await page.setViewportSize({ width: 1280, height: 800 })
    await inEachLook(page, async (look) => {
      await expect(result).toHaveAttribute('aria-busy', 'false')
      await keepPicture(page, inLook('cleaning', look))
      await keepPicture(page, `${inLook('cleaning', look)}.whole`, { fullPage: true })
    })
  },
)
