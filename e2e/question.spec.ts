/** A researcher goes from a question to a model on one page, in the real application, and takes the study file to the command line. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { studyDocument } from '../src/shared/domain/study.ts'
import { answerOpenDialogs, answerSaveDialogs, expect, test } from './fixtures.ts'
import { bringAxe, seriousFindings } from './pages/axe.ts'
import { foundAt } from './pages/bridge.ts'
import { startDemonstration, untilComplete } from './pages/demonstration.ts'
import { inEachLook, inLook, arePicturesKept, keepPicture } from './pages/pictures.ts'
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
    await expect(page.getByText(q.pinned(study.snapshot!.upTo.toLocaleString('en')))).toBeVisible()
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
    await page.setViewportSize({ width: 1280, height: 800 })
    await inEachLook(page, async (look) => {
      expect(await seriousFindings(page)).toEqual([])
      if (!arePicturesKept) return
      const keep = (name: string) => keepPicture(page, inLook(name, look))
      await keep('question')
      await page.getByTestId('headline').scrollIntoViewIfNeeded()
      await keep('question-result')
      await comparison.scrollIntoViewIfNeeded()
      await keep('question-compared')
      await page.getByTestId('methods').scrollIntoViewIfNeeded()
      await keep('question-paper')
      await unfold(page, wordsOf(look.locale).question.stages.intervals)
      await page.getByTestId('known').first().scrollIntoViewIfNeeded()
      await keep('question-follow')
    })

    // Runs and kept models are on the node: there when the page begins anew, each marked where the question is another one by now.
    await page.reload()
    await expect(page.getByRole('heading', { level: 1, name: q.title })).toBeVisible({ timeout: 60_000 })
    await expect(sideBySide).toBeVisible({ timeout: 60_000 })
    const runs = page.getByTestId('study-history').locator('tbody tr')
    await expect(runs.first()).toHaveAttribute('data-standing', 'as-it-stands', { timeout: 60_000 })
    await expect(runs.last()).toHaveAttribute('data-standing', /question-changed|both-changed/)
    await expect(comparison.locator('[data-standing="question-changed"]')).toHaveCount(1)
    await runs.last().getByRole('button', { name: c.history.newest }).click()
    await expect(runs.last()).toHaveAttribute('data-standing', /as-it-stands|records-changed/)
    await comparison.getByRole('button', { name: c.clear }).click()
    await expect(comparison).toHaveCount(0)
  },
)

test(
  'R6: death is what is waited for, something competes, and who is in is judged on the cleaned records',
  { tag: '@long' },
  async ({ launch }) => {
    test.setTimeout(900_000)
    const { page } = await launch()
    const t = wordsOf('en')
    const q = t.question
    await startDemonstration(page, t, '200')
    await untilComplete(page)
    await page.getByLabel(t.shell.youAre).selectOption('north-hospital/researcher')
    await page.evaluate(() => void (location.hash = '#/question'))
    const sentence = page.getByTestId('whole-question')
    const ended = () =>
      expect(page.getByRole('button', { name: q.run, exact: true })).toBeEnabled({ timeout: 300_000 })
    const open = (stage: keyof typeof q.stages) =>
      page.getByRole('button', { name: new RegExp(`^${q.stages[stage]}`) }).click()

    await open('intervals')
    await page.getByLabel(q.follow.event, { exact: true }).selectOption('death')
    await expect(sentence).toContainText('first death')
    await open('models')
    await page.getByLabel(q.model.family).selectOption('aj')
    await page.keyboard.press('Control+Enter')
    await expect(page.getByText(/death is waited for, so nothing competes/)).toBeVisible({ timeout: 60_000 })
    await open('intervals')
    await page.getByRole('checkbox', { name: q.follow.competes }).check()
    await page.getByLabel(q.follow.competing, { exact: true }).selectOption('visit')
    await page.getByLabel(t.cohorts.classes).selectOption('IMP')
    await expect(sentence).toContainText('unless a visit of class Inpatient comes first')
    await page.keyboard.press('Control+Enter')
    await ended()
    await expect(page.getByTestId('study-result')).toBeVisible()
    await expect(page.getByTestId('methods')).toContainText('had the competing event first')

    // Fine and Gray's model of what competes for the usual event, on what was known at the start.
    await open('models')
    await page.getByLabel(q.model.family).selectOption('finegray')
    await page.getByRole('checkbox', { name: 'age at entry (years)' }).check()
    await open('intervals')
    await page.getByLabel(q.follow.event, { exact: true }).selectOption('visit')
    await page.keyboard.press('Control+Enter')
    await ended()
    await expect(page.getByTestId('headline')).toContainText('Subdistribution hazard ratio')

    // Who is in, after the cleaning: in the sentence, and stale where the cleaning changes.
    await open('cohort')
    await page.getByLabel(q.model.judged).selectOption('cleaned')
    await expect(sentence).toContainText('All of this is judged on cleaned records')
    await page.keyboard.press('Control+Enter')
    await ended()
    await expect(page.getByTestId('state-cohort')).toHaveText(q.states.fresh)
    await expect(page.getByTestId('methods')).toContainText('was judged on the cleaned records')
    await open('cleaning')
    await page.getByLabel(t.cleaning.presets).selectOption('versions')
    await expect(page.getByTestId('state-cohort')).toHaveText(q.states.stale)
    if (!arePicturesKept) return
    await page.setViewportSize({ width: 1280, height: 800 })
    await inEachLook(page, async (look) => {
      const { stages } = wordsOf(look.locale).question
      for (const stage of ['cohort', 'intervals'] as const) {
        await unfold(page, stages[stage])
        await page.waitForTimeout(300)
        await keepPicture(page, inLook(`question-death-${stage}`, look), { fullPage: true })
      }
      await page.getByTestId('study-history').scrollIntoViewIfNeeded()
      await keepPicture(page, inLook('question-history', look))
    })
  },
)

test(
  'R1, R2: codes of results, scores, slopes and derived results are asked by name, and the example shows what its patients were made with',
  { tag: '@long' },
  async ({ launch }) => {
    test.setTimeout(900_000)
    const { page } = await launch()
    const t = wordsOf('en')
    const [q, c, f] = [t.question, t.cohorts, t.question.follow]
    await startDemonstration(page, t, '200')
    await untilComplete(page)
    await page.getByLabel(t.shell.youAre).selectOption('north-hospital/researcher')
    await page.evaluate(() => void (location.hash = '#/question'))
    const sentence = page.getByTestId('whole-question')
    const ended = () =>
      expect(page.getByRole('button', { name: q.run, exact: true })).toBeEnabled({ timeout: 300_000 })

    // Who: current and former smokers with a filtration below 90, of a whole chapter of diagnoses.
    await unfold(page, q.stages.cohort)
    await page.getByLabel(c.entryEvent).selectOption('coded-result')
    await expect(sentence).toContainText('first result of Tobacco smoking status that is current smoker')
    await page.getByRole('checkbox', { name: t.clinical.resultCodes['8517006'], exact: true }).check()
    await expect(sentence).toContainText('that is former smoker or current smoker')
    await page.getByRole('button', { name: c.addStep }).click()
    const condition = page.getByTestId('cohort-step').nth(0)
    await condition.getByLabel(c.kind, { exact: true }).selectOption('occurs')
    await condition.getByLabel(c.eventKind, { exact: true }).selectOption('result')
    await condition.getByLabel(c.test, { exact: true }).selectOption('egfrCreat')
    await condition.getByLabel(c.value, { exact: true }).selectOption('below')
    await condition.getByLabel('mL/min/{1.73_m2}').fill('90')
    await condition.getByLabel(c.windowFrom).fill('')
    await expect(sentence).toContainText('eGFR, derived from creatinine below 90 mL/min/{1.73_m2}')
    await page.getByRole('button', { name: c.addStep }).click()
    const last = page.getByTestId('cohort-step').nth(1)
    await last.getByLabel(c.kind, { exact: true }).selectOption('last')
    await expect(sentence).toContainText(
      'that is current smoker, as the last one in the 1825 days up to the entry',
    )
    await last.getByRole('button', { name: c.removeStep }).click()
    await unfold(page, q.stages.intervals)
    await page.getByLabel(f.event, { exact: true }).selectOption('diagnosis')
    await page.getByLabel(c.codeGroup.diagnosis).selectOption('IX')
    await expect(sentence).toContainText('first diagnosis of IX Circulatory')

    // What is known: each new kind begins as something that can be asked.
    for (const kind of ['coded', 'coded-before', 'score', 'score-before', 'slope'] as const)
      await page.getByLabel(f.add).selectOption(kind)
    await expect(sentence).toContainText(
      'Tobacco smoking status by its code (never smoked, former smoker, current smoker)',
    )
    await expect(sentence).toContainText('slope of eGFR, derived from creatinine (mL/min/{1.73_m2}) per year')
    await unfold(page, q.stages.models)
    for (const name of [
      /^Tobacco smoking status by its code .* as last known/,
      /^comorbidity score .* in the last/,
    ])
      await page.getByRole('checkbox', { name }).check()
    // So few people would be left that nothing could be said of them.
    await unfold(page, q.stages.cohort)
    await condition.getByRole('button', { name: c.removeStep }).click()
    await page.getByLabel(c.entryEvent).selectOption('visit')
    await unfold(page, q.stages.intervals)
    await page.getByLabel(f.earlier).selectOption('keep')
    await page.keyboard.press('Control+Enter')
    await ended()
    await expect(page.getByTestId('study-result')).toContainText('current smoker')
    await expect(page.getByTestId('truth')).toHaveCount(0)
    await bringAxe(page)
    await page.setViewportSize({ width: 1280, height: 800 })
    await inEachLook(page, async (look) => {
      const { stages } = wordsOf(look.locale).question
      for (const stage of ['cohort', 'intervals'] as const) {
        await unfold(page, stages[stage])
        await page.waitForTimeout(300)
        expect(await seriousFindings(page)).toEqual([])
        await keepPicture(page, inLook(`question-coded-${stage}`, look), { fullPage: true })
      }
    })

    // The example of what cleaning is worth has them all, and the truth beside the estimates.
    await page.getByRole('button', { name: t.tutorial.examples }).click()
    await page.getByRole('menuitem', { name: t.tutorial.studies.cleaning.study }).click()
    await page.keyboard.press('Control+Enter')
    await ended()
    const truth = page.getByTestId('truth').getByRole('table')
    await expect(truth.getByRole('row', { name: /^age at entry.* 1\.057/ })).toBeVisible()
    await expect(page.getByTestId('study-result')).toContainText('current smoker')
    await inEachLook(page, async (look) => {
      await page.getByTestId('truth').scrollIntoViewIfNeeded()
      await keepPicture(page, inLook('question-truth', look))
    })
  },
)

/** Opens a stage of the page where it is closed. */
async function unfold(page: Page, stage: string): Promise<void> {
  const head = page.getByRole('button', { name: new RegExp(`^${stage}`) })
  if ((await head.getAttribute('aria-expanded')) !== 'true') await head.click()
}

test('R2: a hospital with no visit says so in a sentence in every room of research, and with one visit too', async ({
  launch,
}) => {
  const { page, profileFolder, scratchFolder } = await launch()
  const t = wordsOf('en')
  await foundAt(page, profileFolder)
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
    // But the one of the invented person, which hangs on no record.
    await expect(page.getByRole('table')).toHaveCount(
      await page.getByTestId('cut').getByRole('table').count(),
    )
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
