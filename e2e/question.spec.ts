/** A researcher goes from a question to a model on one page, in the real application, and takes the study file to the command line. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { studyDocument } from '../src/shared/domain/study.ts'
import { answerOpenDialogs, answerSaveDialogs, expect, show, test } from './fixtures.ts'
import { bringAxe, seriousFindings } from './pages/axe.ts'
import { startDemonstration, untilComplete } from './pages/demonstration.ts'
import { wordsOf } from './pages/words.ts'

test(
  'R1, R8: one page from question to model, stale when something changes, kept, saved and run again',
  { tag: '@long' },
  async ({ launch }) => {
    test.setTimeout(900_000)
    const { app, page, scratchFolder } = await launch()
    const t = wordsOf('en')
    const q = t.question
    await startDemonstration(page, t, '200')
    await untilComplete(page)
    await page.getByLabel(t.shell.youAre).selectOption('north-hospital/researcher')
    await page.evaluate(() => void (location.hash = '#/question'))
    await expect(page.getByRole('heading', { level: 1, name: q.title })).toBeVisible()
    const sentence = page.getByTestId('whole-question')
    const stateOf = (stage: string) => page.getByTestId(`state-${stage}`)
    const ended = () =>
      expect(page.getByRole('button', { name: q.run, exact: true })).toBeEnabled({ timeout: 300_000 })

    // It can be asked as it is; counting says what the events carry before anything is fitted.
    await expect(sentence).toContainText('A Cox model on age at entry (years), sex')
    await page.getByRole('button', { name: q.weigh }).click()
    await ended()
    await expect(page.getByTestId('readiness')).toContainText('This hospital has')
    await expect(stateOf('intervals')).toHaveText(q.states.fresh)
    await expect(stateOf('models')).toHaveText(q.states['not-yet'])
    await expect(page.getByTestId('study-result')).toHaveCount(0)

    // A question of one's own: HbA1c as it changes, until a circulatory diagnosis.
    await page.getByRole('button', { name: new RegExp(`^${q.stages.intervals}`) }).click()
    await page.getByLabel(q.follow.event, { exact: true }).selectOption('diagnosis')
    await page.getByLabel(t.cohorts.codes).fill('I*')
    await page.getByLabel(t.cohorts.codesName).fill('circulatory disease')
    await page.getByLabel(q.follow.add).selectOption('result')
    await expect(sentence).toContainText('first diagnosis of circulatory disease')
    await page.getByRole('button', { name: new RegExp(`^${q.stages.models}`) }).click()
    await page.getByRole('checkbox', { name: 'Hemoglobin A1c (%) as last known' }).check()
    await page.getByLabel(q.model.curvesOf).selectOption('hba1c')
    await expect(stateOf('cohort')).toHaveText(q.states.fresh)
    await expect(stateOf('intervals')).toHaveText(q.states.stale)
    await page.keyboard.press('Control+Enter')
    await ended()
    const result = page.getByTestId('study-result')
    await expect(result).toBeVisible()
    await expect(stateOf('models')).toHaveText(q.states.fresh)
    await expect(page.getByTestId('headline')).toContainText('Hazard ratio')
    await expect(result.getByRole('img', { name: /^Ratios with their limits/ })).toBeVisible()
    await expect(result.getByRole('img', { name: /^Curves over time/ })).toBeVisible()
    await expect(result.getByRole('table', { name: q.tables.one })).toBeVisible()
    await expect(page.getByTestId('methods')).toContainText('Cox models were fitted')

    // A change upstream marks what is stale; undo takes it back.
    await page.getByRole('button', { name: new RegExp(`^${q.stages.cleaning}`) }).click()
    await page.getByLabel(t.cleaning.presets).selectOption('versions')
    await expect(stateOf('cohort')).toHaveText(q.states.fresh)
    await expect(stateOf('cleaning')).toHaveText(q.states.stale)
    await expect(stateOf('models')).toHaveText(q.states.stale)
    await page.getByLabel(q.undo).click()
    await expect(stateOf('models')).toHaveText(q.states.fresh)

    // What leaves is marked.
    const menuOf = (name: string) => page.getByRole('button', { name: `${q.release}: ${name}` })
    const svg = join(scratchFolder, 'forest.svg')
    await answerSaveDialogs(app, svg)
    await menuOf(`Model 1 ${q.forest}`).click()
    await page.getByRole('menuitem', { name: q.releaseAs.svg }).click()
    await expect(page.getByText(q.released(svg))).toBeVisible()
    expect(await readFile(svg, 'utf8')).toMatch(
      /^<svg[^>]*><metadata>For use within .* only: .*Study [0-9a-f]{8}…/,
    )
    const png = join(scratchFolder, 'forest.png')
    await answerSaveDialogs(app, png)
    await menuOf(`Model 1 ${q.forest}`).click()
    await page.getByRole('menuitem', { name: q.releaseAs.png }).click()
    await expect(page.getByText(q.released(png))).toBeVisible()
    expect((await readFile(png)).subarray(1, 4).toString()).toBe('PNG')
    await menuOf(q.methods.title).click()
    await page.getByRole('menuitem', { name: q.releaseAs.copy }).click()
    await expect(page.getByText(q.copied)).toBeVisible()
    const copied = await app.evaluate(({ clipboard }) => clipboard.readText())
    expect(copied).toMatch(/Cox models were fitted[\s\S]*For use within/)

    // The file names the state and the engine: opened again and run, it finds the same bytes.
    const file = join(scratchFolder, 'study.json')
    await answerSaveDialogs(app, file)
    await page.getByLabel(q.saveStudy).click()
    await expect(page.getByText(q.released(file))).toBeVisible()
    const study = studyDocument.parse(JSON.parse(await readFile(file, 'utf8')))
    expect(study.snapshot).not.toBeNull()
    const hashes = await page.getByTestId('study-result').locator('.mono').last().getAttribute('title')
    const again = await page.evaluate(
      async (asked) => window.consilium.studies.run({ study: asked, at: 'named' }),
      study,
    )
    if (!again.ok) throw new Error(JSON.stringify(again))
    const { hash, resultHash } = again.value as { hash: string; resultHash: string }
    expect(`${hash} ${resultHash}`).toBe(hashes)

    // It is kept as it was left, and a file opens in its place.
    await expect(page.getByTestId('keeping')).toHaveAttribute('data-state', 'kept')
    const said = await sentence.textContent()
    await page.getByLabel(q.fresh).click()
    await expect(sentence).not.toHaveText(said!)
    await answerOpenDialogs(app, file)
    await page.getByLabel(q.open).click()
    await expect(sentence).toHaveText(said!)
    await expect(page.getByText(q.pinned(String(study.snapshot!.upTo)))).toBeVisible()
    await page.keyboard.press('Control+Enter')
    await ended()
    expect(await page.getByTestId('study-result').locator('.mono').last().getAttribute('title')).toBe(hashes)

    // Kept models stand side by side, and the table leaves as every other one does.
    const c = t.modelComparison
    const comparison = page.getByTestId('model-comparison')
    await page.getByRole('button', { name: c.keep, exact: true }).click()
    await expect(comparison).toContainText(c.one)
    await page.getByRole('button', { name: new RegExp(`^${q.stages.models}`) }).click()
    await page.getByRole('checkbox', { name: 'sex', exact: true }).uncheck()
    await page.keyboard.press('Control+Enter')
    await ended()
    await page.getByRole('button', { name: c.keep, exact: true }).click()
    const sideBySide = comparison.getByRole('table', { name: c.title })
    await expect(sideBySide.getByRole('row', { name: /^Who same in all/ })).toBeVisible()
    await expect(sideBySide.getByRole('row', { name: /^AIC/ })).toBeVisible()
    const csv = join(scratchFolder, 'models.csv')
    await answerSaveDialogs(app, csv)
    await menuOf(c.title).click()
    await page.getByRole('menuitem', { name: q.releaseAs.csv }).click()
    await expect(page.getByText(q.released(csv))).toBeVisible()
    expect(await readFile(csv, 'utf8')).toMatch(/AIC,[\s\S]*For use within .* only:/)

    await bringAxe(page)
    const pictures = process.env['CONSILIUM_PICTURES']
    for (const [locale, theme] of [
      ['en', 'light'],
      ['zh-Hant', 'dark'],
    ] as const) {
      await page.setViewportSize({ width: 1280, height: 800 })
      await show(page, { locale, theme })
      expect(await seriousFindings(page)).toEqual([])
      if (pictures === undefined) continue
      await page.screenshot({ path: `${pictures}/question.${locale}.${theme}.png` })
      const at = page.getByTestId('headline')
      await at.scrollIntoViewIfNeeded()
      await page.screenshot({ path: `${pictures}/question-result.${locale}.${theme}.png` })
      await comparison.scrollIntoViewIfNeeded()
      await page.screenshot({ path: `${pictures}/question-compared.${locale}.${theme}.png` })
      await page.getByTestId('methods').scrollIntoViewIfNeeded()
      await page.screenshot({ path: `${pictures}/question-paper.${locale}.${theme}.png` })
      const { intervals } = wordsOf(locale).question.stages
      const head = page.getByRole('button', { name: new RegExp(`^${intervals}`) })
      if ((await head.getAttribute('aria-expanded')) !== 'true') await head.click()
      await page.getByTestId('known').first().scrollIntoViewIfNeeded()
      await page.screenshot({ path: `${pictures}/question-follow.${locale}.${theme}.png` })
    }
  },
)

test('R2: a hospital with no visit says so in a sentence in every room of research, and with one visit too', async ({
  launch,
}) => {
  const { page, profileFolder, scratchFolder } = await launch()
  const t = wordsOf('en')
  await page.evaluate(
    async ([folder]) => {
      await window.consilium.app.found({
        folder: folder!,
        institutionName: 'North Hospital',
        personName: 'Ada Lin',
        passphrase: 'a passphrase of several words',
        zone: 'Asia/Taipei',
      })
    },
    [profileFolder],
  )
  const into = async (room: string, title: string) => {
    await page.evaluate((to) => void (location.hash = `#/${to}`), room)
    await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
  }
  const everywhere = async (said: string, ofWays: string) => {
    await into('cohorts', t.cohorts.title)
    await expect(page.getByTestId('attrition')).toContainText(said, { timeout: 60_000 })
    await into('question', t.question.title)
    await page.keyboard.press('Control+Enter')
    await expect(page.getByTestId('ready')).toContainText(said, { timeout: 60_000 })
    await expect(page.getByTestId('attrition')).toContainText(said)
    await expect(page.getByRole('table')).toHaveCount(0)
    await into('cleaning', t.cleaning.title)
    await page.getByRole('button', { name: t.cleaning.run, exact: true }).click()
    await expect(page.getByText(said)).toBeVisible({ timeout: 60_000 })
    await into('pathways', t.pathways.title)
    await page.getByRole('button', { name: t.pathways.run, exact: true }).click()
    await expect(page.getByText(ofWays)).toBeVisible({ timeout: 60_000 })
    await expect(page.getByRole('table')).toHaveCount(0)
  }
  await everywhere(t.cohorts.noVisits, t.pathways.nobody)

  const bundle = join(scratchFolder, 'one-visit.json')
  await writeFile(bundle, JSON.stringify(oneVisit))
  await page.evaluate((path) => window.consilium.imports.start({ paths: [path] }), bundle)
  const blocks = () =>
    page.evaluate(async () => {
      const status = await window.consilium.node.status()
      return status.ok ? (status.value as { blockCount: number }).blockCount : -1
    })
  await expect.poll(blocks, { timeout: 60_000 }).toBe(1)
  await everywhere(t.cohorts.oneVisit, t.pathways.tooFew)
})

const oneVisit = {
  resourceType: 'Bundle',
  type: 'transaction',
  entry: [
    {
      fullUrl: 'urn:uuid:00000000-0000-4000-8000-000000000001',
      resource: {
        resourceType: 'Patient',
        identifier: [{ system: 'urn:test:mrn', value: 'T1' }],
        name: [{ family: 'Lin', given: ['Mei'] }],
        gender: 'female',
        birthDate: '1980-01-01',
      },
    },
    {
      fullUrl: 'urn:uuid:00000000-0000-4000-8000-000000000002',
      resource: {
        resourceType: 'Encounter',
        status: 'finished',
        class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
        subject: { reference: 'urn:uuid:00000000-0000-4000-8000-000000000001' },
        period: { start: '2020-03-15T09:00:00+08:00' },
      },
    },
  ],
}
