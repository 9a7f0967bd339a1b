/**
 * The workbench once through on records of its own, short enough for every run: who, what cleaning does, a model of it, its pictures, how time was
 * cut, and the rows out. What each room can do at length is in cohorts, cleaning, question, pathways, research-sizes and tutorial.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { answerOpenDialogs, expect, test } from './fixtures.ts'
import { foundAt } from './pages/bridge.ts'
import { cutOff } from './pages/looks.ts'
import { ALL_LOOKS, arePicturesKept, inEachLook, inLook, keepPicture } from './pages/pictures.ts'
import { CLINIC_EVENTS, CLINIC_PERSONS, CLINIC_VISITS, smallClinic } from './pages/small-clinic.ts'
import { wordsOf } from './pages/words.ts'

test('R2 R4 R6: on a small clinic’s records people are counted and cleaned, a model is fitted, and how time was cut is shown and given out', async ({
  launch,
}) => {
  const { app, page, profileFolder, scratchFolder } = await launch()
  const t = wordsOf('en')
  const [c, q] = [t.cohorts, t.question]
  await foundAt(page, profileFolder)
  const bundle = join(scratchFolder, 'clinic.json')
  await writeFile(bundle, smallClinic())
  await page.evaluate((path) => window.consilium.imports.start({ paths: [path] }), bundle)
  const blocks = () =>
    page.evaluate(async () => {
      const status = await window.consilium.node.status()
      return status.ok ? (status.value as { blockCount: number }).blockCount : -1
    })
  await expect.poll(blocks, { timeout: 60_000 }).toBe(CLINIC_VISITS)
  const into = async (room: string, title: string) => {
    await page.evaluate((to) => void (location.hash = `#/${to}`), room)
    await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
  }

  await into('cohorts', c.title)
  await page.getByLabel(c.entryEvent).selectOption('diagnosis')
  await page.getByLabel(c.codes).fill('E11*')
  await page.getByLabel(c.codesName).fill('diabetes')
  const attrition = page.getByTestId('attrition')
  await expect(attrition).toHaveAttribute('aria-busy', 'false', { timeout: 60_000 })
  await expect(attrition.locator('tbody tr').last().locator('td').nth(1)).toHaveText(String(CLINIC_PERSONS))

  await into('cleaning', t.cleaning.title)
  await page.getByRole('button', { name: t.cleaning.run, exact: true }).click()
  const left = page.getByTestId('cleaning-result').getByRole('table', { name: t.cleaning.left })
  await expect(left.locator('tbody tr')).toHaveCount(12, { timeout: 60_000 })
  await expect(left.locator('tbody tr').last()).toContainText(String(CLINIC_PERSONS))

  await into('question', q.title)
  const stage = (name: string) => page.getByRole('button', { name: new RegExp(`^${name}`) }).click()
  await stage(q.stages.intervals)
  await page.getByLabel(q.follow.event, { exact: true }).selectOption('diagnosis')
  await page.getByLabel(c.codes).fill('I21*')
  await page.getByLabel(c.codesName).fill('infarction')
  await page.getByLabel(q.follow.add).selectOption('result')
  await stage(q.stages.models)
  await page.getByRole('checkbox', { name: 'Hemoglobin A1c (%) as last known' }).check()
  await page.getByLabel(q.model.curvesOf).selectOption('sex')
  await page.keyboard.press('Control+Enter')
  const result = page.getByTestId('study-result')
  await expect(result).toBeVisible({ timeout: 60_000 })
  await expect(page.getByTestId('readiness')).toContainText(
    q.has(String(CLINIC_PERSONS), String(CLINIC_EVENTS)),
  )
  await expect(page.getByTestId('headline')).toContainText('Hazard ratio')
  await expect(result.getByRole('img', { name: /^Ratios with their limits/ })).toBeVisible()
  await expect(result.getByRole('img', { name: /^Curves over time/ })).toBeVisible()

  // How time was cut: a person who does not exist, where the records of those who do fell, and their rows.
  const cut = page.getByTestId('cut')
  const rows = cut.getByRole('table', { name: t.cut.rows })
  await expect(cut.getByRole('img', { name: /^Timeline of Invented person 1/ })).toBeVisible()
  await expect(rows.locator('tbody tr').last()).toContainText(t.cut.why.event)
  await expect(rows).toContainText(t.cut.why.known('Hemoglobin A1c (%) as last known'))
  await page.getByRole('button', { name: t.cut.another }).click()
  await expect(rows.locator('tbody tr').last()).toContainText(t.cut.why['data-end'])
  const fell = cut.getByRole('table', { name: t.cut.found })
  const cellsOf = (name: RegExp) => fell.getByRole('row', { name }).locator('td').allTextContents()
  // In the order of the places: of HbA1c one is of the day of entry, one of the last visit; of the event all are at the end.
  const [, leading, within] = await cellsOf(/^Hemoglobin A1c/)
  expect(Number(leading)).toBe(CLINIC_PERSONS)
  expect(Number(within)).toBeGreaterThan(CLINIC_PERSONS)
  expect((await cellsOf(/^the event/))[5]).toBe(String(CLINIC_EVENTS))
  await answerOpenDialogs(app, scratchFolder)
  await cut.getByRole('button', { name: t.cut.save }).click()
  const told = page.getByText(/files saved with their mark: /)
  await expect(told).toBeVisible({ timeout: 60_000 })
  const folder = (await told.textContent())!.split('mark: ')[1]!
  const [header, ...lines] = (await readFile(join(folder, 'intervals.csv'), 'utf8')).trimEnd().split('\n')
  expect(header).toBe('id,start,stop,event,status,age,sex,hba1c')
  expect(lines.filter((line) => line.split(',')[3] === '1')).toHaveLength(CLINIC_EVENTS)

  // Values that are too old after some months leave gaps: filled in, said with what they cost, and in the study's own methods.
  await stage(q.stages.intervals)
  await page.getByLabel(q.follow.oldest).fill('140')
  await stage(q.stages.models)
  await page.getByLabel(q.model.gaps).selectOption('filled')
  await page.getByLabel(q.model.sets).fill('4')
  await page.getByLabel(q.model.rounds).fill('3')
  await expect(page.getByLabel(q.model.curvesOf)).toBeDisabled()
  await page.getByRole('button', { name: q.model.add, exact: true }).click()
  await page.getByTestId('model').last().getByRole('checkbox', { name: 'age at entry (years)' }).check()
  await page.keyboard.press('Control+Enter')
  const imputed = result.getByTestId('imputed')
  await expect(imputed).toHaveCount(2, { timeout: 60_000 })
  await expect(imputed.first()).toContainText('Hemoglobin A1c (%) as last known')
  await expect(imputed.last().getByRole('row')).toHaveCount(1 + 3 + 1)
  // The two models of the question, side by side.
  await expect(page.getByTestId('models-beside')).toContainText(t.modelComparison.filledIn('4'))
  await expect(page.getByTestId('methods')).toContainText(/filled in 4 times.*missing at random/)
  // However long the room is, only the room scrolls.
  expect(await page.evaluate(cutOff)).toEqual([])
  expect(
    await page.evaluate(() => {
      const main = document.querySelector('main')!
      return main.scrollHeight - main.clientHeight
    }),
  ).toBe(0)

  if (!arePicturesKept) return
  await page.setViewportSize({ width: 1280, height: 800 })
  await inEachLook(
    page,
    async (look) => {
      await page.waitForTimeout(600)
      await page
        .getByLabel(t.question.model.gaps)
        .or(page.getByLabel('缺值的列'))
        .first()
        .scrollIntoViewIfNeeded()
      await keepPicture(page, inLook('workbench-gaps', look))
      await imputed.last().scrollIntoViewIfNeeded()
      await keepPicture(page, inLook('workbench-imputed', look))
      await page.getByTestId('models-beside').scrollIntoViewIfNeeded()
      await keepPicture(page, inLook('workbench-beside', look))
      await cut.scrollIntoViewIfNeeded()
      await keepPicture(page, inLook('workbench-cut', look), { fullPage: true })
      await cut.screenshot({
        path: join(process.env['CONSILIUM_PICTURES']!, `cut.${look.locale}.${look.theme}.png`),
      })
    },
    ALL_LOOKS,
  )
})
