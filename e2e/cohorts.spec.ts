/** A researcher asks who, in the real application: the form, the sentences, and the counts beside them. */
import { expect, show, test } from './fixtures.ts'
import { startDemonstration, untilComplete } from './pages/demonstration.ts'
import { arePicturesKept, inEachLook, inLook, keepPicture } from './pages/pictures.ts'
import { wordsOf } from './pages/words.ts'

test(
  'R2: a researcher builds a cohort step by step and sees who is left after each',
  { tag: '@long' },
  async ({ launch }) => {
    test.setTimeout(600_000)
    const { page } = await launch()
    const t = wordsOf('en')
    await startDemonstration(page, t, '200')
    await untilComplete(page)
    await page.getByLabel(t.shell.youAre).selectOption('north-hospital/researcher')
    await page.evaluate(() => void (location.hash = '#/cohorts'))
    await expect(page.getByRole('heading', { level: 1, name: t.cohorts.title })).toBeVisible()
    const attrition = page.getByTestId('attrition')
    const settled = () => expect(attrition).toHaveAttribute('aria-busy', 'false', { timeout: 60_000 })
    await settled()
    await page.getByLabel(t.cohorts.entryEvent).selectOption('diagnosis')
    await page.getByLabel(t.cohorts.codes).fill('E11*')
    await page.getByLabel(t.cohorts.codesName).fill('type 2 diabetes')
    await settled()
    await expect(page.getByTestId('question')).toContainText('first diagnosis of type 2 diabetes')
    await page.getByRole('button', { name: t.cohorts.addStep }).click()
    await settled()
    const persons = await attrition.locator('tbody tr td:nth-child(3)').allTextContents()
    expect(persons).toHaveLength(5)
    // The demonstration gives a hospital other patients each time: few of them are not said exactly.
    const numbers = persons.map((text) => (text === t.cohorts.small ? 10 : Number(text)))
    expect(numbers.every((each, i) => i === 0 || each <= numbers[i - 1]!)).toBe(true)
    expect(numbers[0]).toBeGreaterThan(numbers[1]!)
    // The count stays, and its sentences are those of the language.
    await page.getByLabel(t.cohorts.name).fill('Diabetes')
    await settled()
    await show(page, { locale: 'zh-Hant' })
    await expect(attrition).toContainText('納入：')
    await show(page, { locale: 'en' })
    await expect(attrition).toContainText('Included:')
    if (!arePicturesKept) return
    await inEachLook(page, async (look) => {
      await settled()
      await keepPicture(page, inLook('cohorts', look), { fullPage: true })
    })
  },
)
