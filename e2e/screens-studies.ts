/** The rooms in which studies are asked, checked and reviewed, and those of the insurer, in the demonstration with what it has asked by itself. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { strFromU8, unzipSync } from 'fflate'
import type { MonitorSource } from '../src/shared/contract/monitor.ts'
import type { RequestRow } from '../src/shared/contract/requests.ts'
import {
  DEMONSTRATION_TITLES,
  type DemonstrationTitles,
} from '../src/main/demonstration/demonstration-titles.ts'
import { answerOpenDialogs, answerSaveDialogs, expect, type Locale } from './fixtures.ts'
import { labTestByKey } from '../src/shared/domain/lab-tests.ts'
import { ask, at } from './pages/bridge.ts'
import { goTo, type Desk } from './pages/desk.ts'
import { ANALYST } from './pages/insurer.ts'
import { become, part, screen, type Screen } from './screen.ts'

/** Gateways read their records before they answer. */
const ANSWERED_MS = 600_000
const RUN_MS = 300_000

/** At one hospital, on its own records. */
export const workbenchScreens: readonly Screen[] = [
  screen('question', async (desk) => {
    await become(desk, 'north-hospital/researcher')
    await goTo(desk, 'question')
    await expect(desk.consilium.page.getByTestId('attrition').locator('tbody tr').first()).toBeVisible({
      timeout: RUN_MS,
    })
  }),
  screen('question-result', async ({ consilium: { page } }) => {
    await page.keyboard.press('Control+Enter')
    await expect(page.getByTestId('study-result')).toBeVisible({ timeout: RUN_MS })
    await page.getByTestId('headline').scrollIntoViewIfNeeded()
  }),
  part('question-cut', async ({ consilium: { page } }) => {
    await intoView(page, page.getByTestId('cut-person'))
  }),
  part('question-models', async ({ consilium: { page }, t }) => {
    await page.getByRole('button', { name: new RegExp(`^${t.question.stages.models}`) }).click()
    await page.getByLabel(t.question.model.curvesOf).selectOption('sex')
    await intoView(page, page.getByRole('button', { name: new RegExp(`^${t.question.stages.models}`) }))
  }),
  part('question-curves', async ({ consilium: { page }, t }) => {
    await page.keyboard.press('Control+Enter')
    const curves = page.getByTestId('study-result').getByRole('heading', { name: t.question.adjusted })
    await expect(curves).toBeVisible({ timeout: RUN_MS })
    await intoView(page, curves)
  }),
  part('question-tutorial', async ({ consilium: { page }, t }) => {
    await page.getByRole('button', { name: t.tutorial.examples }).click()
    await page.getByRole('menuitem', { name: t.tutorial.start }).click()
    await intoView(page, page.getByTestId('tutorial'))
  }),
  screen('cohorts', async (desk) => {
    await goTo(desk, 'cohorts')
    const attrition = desk.consilium.page.getByTestId('attrition')
    await expect(attrition.locator('tbody tr').first()).toBeVisible({ timeout: RUN_MS })
    await expect(attrition).toHaveAttribute('aria-busy', 'false')
  }),
  part('cohorts-compared', async ({ consilium: { page }, t }) => {
    const c = t.cohorts
    const name = page.getByLabel(c.kept.saveAs)
    await name.fill('A')
    await page.getByRole('button', { name: c.kept.save, exact: true }).click()
    await expect(page.getByTestId('kept-cohorts')).toContainText('A')
    await page.getByRole('button', { name: c.addStep }).click()
    await name.fill('B')
    await page.getByRole('button', { name: c.kept.save, exact: true }).click()
    await page.getByLabel(c.compare.first, { exact: true }).selectOption('A')
    await page.getByLabel(c.compare.second, { exact: true }).selectOption('B')
    await page.getByRole('button', { name: c.compare.run, exact: true }).click()
    await expect(page.getByTestId('comparison')).toBeVisible({ timeout: RUN_MS })
    await intoView(page, page.getByTestId('comparison'))
    await page.getByLabel(c.undo).click()
  }),
  screen('cleaning', async (desk) => {
    const { page } = desk.consilium
    await goTo(desk, 'cleaning')
    await page.getByRole('button', { name: desk.t.cleaning.run, exact: true }).click()
    const result = page.getByTestId('cleaning-result')
    await expect(result.getByRole('table', { name: desk.t.cleaning.left })).toBeVisible({ timeout: RUN_MS })
    await expect(result).toHaveAttribute('aria-busy', 'false')
  }),
  part('cleaning-values', async ({ consilium: { page }, t }) => {
    await intoView(page, page.getByRole('heading', { name: t.cleaning.values }))
  }),
  part('cleaning-missing', async ({ consilium: { page }, t }) => {
    await intoView(page, page.getByRole('heading', { name: t.cleaning.map }))
  }),
  screen('pathways', async (desk) => {
    const { page } = desk.consilium
    await goTo(desk, 'pathways')
    await page.getByRole('button', { name: desk.t.pathways.run, exact: true }).click()
    await expect(page.getByTestId('pathways-result')).toBeVisible({ timeout: RUN_MS })
  }),
  screen('pathways-flows', async ({ consilium: { page }, t }) => {
    await page.getByRole('table', { name: t.pathways.sequence }).scrollIntoViewIfNeeded()
  }),
  part('pathways-sankey', async ({ consilium: { page }, t }) => {
    await intoView(
      page,
      page.getByTestId('pathways-result').getByRole('heading', { name: t.pathways.sequence }),
    )
  }),
  part('pathways-trajectory', async ({ consilium: { page }, t }, locale) => {
    const { en, zh, unit } = labTestByKey('hba1c')!
    const name = t.pathways.trajectoryOf(`${locale === 'en' ? en : zh} (${unit})`)
    await intoView(page, page.getByRole('heading', { name }))
  }),
  part('pathways-exemplars', async ({ consilium: { page } }) => {
    await intoView(page, page.getByTestId('exemplars'))
  }),
]

/** At the top, as somebody scrolls to it who wants to read what comes below. */
async function intoView(page: Page, place: Locator): Promise<void> {
  await expect(place.first()).toBeVisible({ timeout: RUN_MS })
  await place.first().evaluate((element) => element.scrollIntoView({ block: 'start' }))
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 150)))
}

/** At all hospitals: asked by a university, checked by a hospital, reviewed from a package. */
export const studyScreens: readonly Screen[] = [
  screen('requests', async (desk, locale) => {
    await become(desk, 'island-university/researcher')
    await goTo(desk, 'requests')
    await expect(desk.consilium.page.getByTestId('budget-headline')).toBeVisible({ timeout: ANSWERED_MS })
    await untilState(desk, locale, 'patientsByAge', 'answered')
    await untilState(desk, locale, 'seenAgainBySex', 'to-be-checked')
  }),
  screen('requests-compose', async ({ consilium: { page } }) => {
    await at(page, '#/requests/compose')
    await expect(page.getByTestId('noise')).toBeVisible({ timeout: 60_000 })
  }),
  screen('requests-protocols', async ({ consilium: { page }, t }) => {
    await at(page, '#/requests/protocols')
    await expect(page.getByLabel(t.requests.protocols.title)).toBeVisible()
  }),
  screen('requests-answer', async (desk, locale) => {
    const { page } = desk.consilium
    const { studyHash } = (await rowOf(desk, locale, 'patientsByAge'))!
    await at(page, `#/requests/list/${studyHash}`)
    await expect(page.getByTestId('lane-label')).toBeVisible()
  }),
  screen('reviews', async (desk) => {
    const { consilium, t } = desk
    const { app, page, scratchFolder } = consilium
    const file = join(scratchFolder, 'package.zip')
    await answerSaveDialogs(app, file)
    await page.getByRole('button', { name: t.reviews.save.make }).click()
    await expect(page.getByText(t.reviews.save.saved(file))).toBeVisible({ timeout: ANSWERED_MS })
    const packed = unzipSync(new Uint8Array(await readFile(file)))
    expect(strFromU8(packed['result.csv']!)).toContain('age-years below')
    await become(desk, 'island-university/reviewer')
    await goTo(desk, 'reviews')
    await answerOpenDialogs(app, file)
    await page.getByRole('button', { name: t.reviews.open }).click()
    await expect(page.getByText(t.reviews.holds)).toBeVisible({ timeout: 60_000 })
  }),
  screen('checks', async (desk, locale) => {
    await become(desk, 'north-hospital/checker')
    await goTo(desk, 'checks')
    const { seenAgainBySex } = DEMONSTRATION_TITLES[locale]
    await expect(desk.consilium.page.getByText(seenAgainBySex)).toBeVisible({ timeout: ANSWERED_MS })
  }),
  screen('checks-proposal', async ({ consilium: { page } }, locale) => {
    await page.getByText(DEMONSTRATION_TITLES[locale].seenAgainBySex).click()
    await expect(page.getByTestId('leaves')).toBeVisible({ timeout: ANSWERED_MS })
  }),
]

export const insurerScreens: readonly Screen[] = [
  screen('groups', async (desk) => {
    await become(desk, ANALYST)
    await goTo(desk, 'groups')
    await expect(desk.consilium.page.getByTestId('source')).toBeVisible({ timeout: ANSWERED_MS })
  }),
  // Among few people no group stands alone.
  part('groups-cause', async ({ consilium: { page }, t }) => {
    // In Chinese the level and the choice of a group have one name.
    await page.getByRole('combobox', { name: t.groups.choose, exact: true }).selectOption({ index: 1 })
    await page.getByTestId('cause').scrollIntoViewIfNeeded()
  }),
  screen('groups-ask', async ({ consilium: { page } }) => {
    await at(page, '#/groups/ask')
    await expect(page.getByTestId('price')).toBeVisible({ timeout: 60_000 })
  }),
  screen('groups-file', async ({ consilium: { page } }) => {
    await at(page, '#/groups/file')
    await expect(page.getByText('exposure-synthetic.csv').first()).toBeVisible({ timeout: 60_000 })
  }),
  screen('pricing', async (desk) => {
    const { page } = desk.consilium
    const t = desk.t.pricing
    await goTo(desk, 'pricing')
    const product = page.getByLabel(t.product, { exact: true })
    // Of few people all may be withheld: then it says so, and there is nothing to price from.
    await expect(product.or(page.getByText(t.allWithheld)).first()).toBeVisible({ timeout: 60_000 })
    if (!(await product.isVisible())) return
    await product.fill('Group health')
    await page.getByLabel(t.jurisdiction, { exact: true }).fill('TW')
    const [table] = await ask<MonitorSource[]>(page, 'monitor.tables')
    await choose(desk, t.result, new RegExp(table!.lastMonth))
    await choose(desk, t.exposure, /exposure-synthetic/)
    await page.getByText(t.factorNames['ageBand']!, { exact: true }).click()
    await page.getByRole('textbox', { name: t.allowed }).fill('ageBand\ngroup')
    await page.getByRole('button', { name: t.saveRules }).click()
    await expect(page.getByText(t.rulesSaved('1'))).toBeVisible()
    await page.getByRole('button', { name: t.price, exact: true }).click()
    // Of few people the noise is larger than what was counted: then it says so.
    const refused = page.getByRole('alert').filter({ hasNotText: t.rulesSaved('1') })
    await expect(page.getByTestId('gross').or(refused).first()).toBeVisible({ timeout: 60_000 })
  }),
  screen('tariffs', async (desk) => {
    await goTo(desk, 'tariffs')
    await expect(desk.consilium.page.getByRole('button', { name: desk.t.tariffs.checkTariff })).toBeVisible()
  }),
]

async function rowOf(
  { consilium: { page } }: Desk,
  locale: Locale,
  name: keyof DemonstrationTitles,
): Promise<RequestRow | undefined> {
  const rows = await ask<RequestRow[]>(page, 'requests.list')
  return rows.find(({ title }) => title === DEMONSTRATION_TITLES[locale][name])
}

const untilState = (desk: Desk, locale: Locale, name: keyof DemonstrationTitles, state: string) =>
  expect.poll(async () => (await rowOf(desk, locale, name))?.state, { timeout: ANSWERED_MS }).toBe(state)

/** In a list that opens. */
async function choose({ consilium: { page } }: Desk, label: string, option: RegExp): Promise<void> {
  await page.getByRole('combobox', { name: label, exact: true }).first().click()
  await page.getByRole('option', { name: option }).first().click()
}
