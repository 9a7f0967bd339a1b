/**
 * From answered tables to an approved tariff in the real application: the demonstration's analyst prices a product, changes a relativity by hand, makes a
 * version that a colleague approves, has it made once more by another institution, and prices a group.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { strFromU8, unzipSync } from 'fflate'
import type { FormulaAnswer } from '../src/shared/contract/formulas.ts'
import type { MonitorSource } from '../src/shared/contract/monitor.ts'
import type { Asked, Catalog, Price, RequestRow, Submitted } from '../src/shared/contract/requests.ts'
import type { TariffRow } from '../src/shared/contract/tariffs.ts'
import { EVERYBODY } from '../src/shared/domain/everybody.ts'
import { answerOpenDialogs, answerSaveDialogs, expect, test } from './fixtures.ts'
import { as, ask, at } from './pages/bridge.ts'
import {
  ANALYST,
  ANSWERED_MS,
  auditOf,
  budgetOf,
  COLLEAGUE,
  demonstrationFolder,
  looks,
  openInsurer,
} from './pages/insurer.ts'
import { wordsOf } from './pages/words.ts'

/** Of fewer the noise is larger than what was counted in some age band, and nothing is priced. */
const PATIENTS = process.env['CONSILIUM_PRICING_PATIENTS'] ?? '2000'
const words = wordsOf('en')
const { pricing: t, tariffs: v, groups: g } = words
const PRODUCT = 'Group health'
/** What was typed here, in either language of the window. */
const TYPED =
  /Group health|Factor,Level|Agreed|Checked|among the oldest|Monitoring|First claim|Onset|Hazard|Demonstration|one premium|Harvest/

test(
  'an analyst prices a product from answered tables, a colleague approves the tariff, another institution makes it again, and a group is priced',
  { tag: '@long' },
  async ({ launch }) => {
    test.setTimeout(2_700_000)
    const consilium = await launch()
    const { app, page, scratchFolder } = consilium
    await openInsurer(consilium, PATIENTS)
    const tab = (name: keyof typeof t.tabs) => page.getByRole('tab', { name: t.tabs[name] }).click()
    const price = () => page.getByRole('button', { name: t.price, exact: true }).click()
    const file = (name: string) => join(scratchFolder, name)
    /** Saves by the button beside a chart (SVG) or a table. */
    const leave = async (what: string, form: 'svg' | 'csv' | 'xlsx', path: string): Promise<Buffer> => {
      await answerSaveDialogs(app, path)
      await page
        .locator(form === 'svg' ? 'figure' : 'section:not(:has(figure))')
        .getByRole('button', { name: `${words.question.release}: ${what}`, exact: true })
        .first()
        .click()
      await page.getByRole('menuitem', { name: words.question.releaseAs[form] }).click()
      await expect.poll(() => readFile(path).catch(() => Buffer.alloc(0))).not.toHaveLength(0)
      return readFile(path)
    }

    await test.step('I6 a table of the year before is asked, to test this year’s on what the model has not seen', async () => {
      await at(page, '#/groups/file')
      const own = await readFile(join(await demonstrationFolder(consilium), 'exposure-synthetic.csv'), 'utf8')
      const [head, ...lines] = own.trimEnd().split('\n')
      const months = [...new Set(lines.map((line) => line.split(',')[4]!))].sort()
      const earlier = lines.filter((line) => line.split(',')[4]! <= months[11]!)
      await writeFile(file('year-before.csv'), `${[head, ...earlier].join('\n')}\n`)
      await answerOpenDialogs(app, file('year-before.csv'))
      await page.getByRole('button', { name: g.file.choose }).click()
      await page.getByRole('button', { name: g.file.take }).click()
      await expect(page.getByText('year-before.csv').first()).toBeVisible()
      await at(page, '#/groups/ask')
      await page.getByRole('button', { name: g.ask.submitAgain, exact: true }).click()
      await expect(page.getByText(g.ask.sent)).toBeVisible({ timeout: ANSWERED_MS })
      await expect
        .poll(async () => (await ask<MonitorSource[]>(page, 'monitor.tables')).length, {
          timeout: ANSWERED_MS,
        })
        .toBe(2)
    })

    await test.step('I10 nothing is priced before somebody said which factors are permitted, nor by a forbidden one', async () => {
      await at(page, '#/pricing')
      await page.getByLabel(t.product, { exact: true }).fill(PRODUCT)
      await page.getByLabel(t.jurisdiction, { exact: true }).fill('TW')
      const [later] = await tables(page)
      await choose(page, t.result, new RegExp(later!.lastMonth))
      await choose(page, t.exposure, /exposure-synthetic/)
      await looks(consilium, 'pricing-work', TYPED)
      await page.getByText(t.factorNames['ageBand']!, { exact: true }).click()
      await page.getByText(t.factorNames['sex']!, { exact: true }).click()
      await price()
      await expect(page.getByRole('alert')).toContainText(t.problems['no-rules'].slice(0, 30))
      await page.getByLabel(t.allowed).fill('ageBand\ngroup\nplan')
      await page.getByLabel(t.forbidden).fill('sex, one premium for women and men')
      await page.getByLabel(t.proxies).fill('ageBand, sex, among the oldest are more women')
      await page.getByRole('button', { name: t.saveRules }).click()
      await expect(page.getByText(t.rulesSaved('1'))).toBeVisible()
      await price()
      await expect(page.getByRole('alert')).toContainText('one premium for women and men')
      await looks(consilium, 'pricing-refused', TYPED)
      await page.getByText(t.factorNames['sex']!, { exact: true }).click()
    })

    await test.step('I2 relativities with limits and exposure, the same on the screen, in the chart and in every file', async () => {
      await price()
      await expect(page.getByTestId('gross')).toBeVisible({ timeout: 60_000 })
      // I10: a permitted factor that stands for a forbidden one is priced with a warning.
      await expect(
        page.getByText(
          t.declaredProxy(
            t.factorNames['ageBand']!,
            t.factorNames['sex']!,
            'among the oldest are more women',
          ),
        ),
      ).toBeVisible()
      await tab('relativities')
      const name = t.tableTitle(t.measures.tariff, t.factorNames['ageBand']!)
      const shown = await cellsOf(page, name)
      expect(shown.length).toBeGreaterThan(2)
      const csv = (await leave(name, 'csv', file('relativities.csv'))).toString('utf8')
      for (const row of shown) for (const cell of row) expect(csv).toContain(cell)
      expect(csv).toContain('Answer of the consortium’s gateways')
      const book = unzipSync(new Uint8Array(await leave(name, 'xlsx', file('relativities.xlsx'))))
      const sheet = Object.entries(book)
        .map(([path, bytes]) => (/\.xml$/.test(path) ? strFromU8(bytes) : ''))
        .join('\n')
      // Numbers are numbers there; limits are text.
      for (const row of shown) expect(sheet).toContain(row[0])
      expect(sheet).toContain(name)
      const svg = (await leave(name, 'svg', file('relativities.svg'))).toString('utf8')
      for (const row of shown) expect(svg).toContain(`>${row[0]}<`)
      // Member-years stand below each level as they do in the table.
      for (const row of shown) expect(svg).toContain(`>${row[1]}<`)
    })

    await test.step('I2 the plan is priced in the place of the group, from the tables by plan', async () => {
      const chip = (factor: string) =>
        page.getByRole('checkbox', { name: t.factorNames[factor]!, exact: true })
      await page.getByText(t.factorNames['group']!, { exact: true }).first().click()
      await expect(chip('group')).toBeChecked()
      await page.getByText(t.factorNames['plan']!, { exact: true }).first().click()
      // No table has both: who chooses the one lets go of the other.
      await expect(chip('group')).not.toBeChecked()
      await price()
      const byPlan = page.getByRole('radio', { name: t.factorNames['plan']!, exact: true })
      await expect(byPlan).toBeAttached({ timeout: 60_000 })
      await page.getByText(t.factorNames['plan']!, { exact: true }).last().click()
      const rows = await cellsOf(page, t.tableTitle(t.measures.tariff, t.factorNames['plan']!))
      expect(rows.map(([level]) => level)).toContain('NHI')
      await looks(consilium, 'pricing-plan', TYPED)
      await page.getByText(t.factorNames['plan']!, { exact: true }).first().click()
      await price()
      await expect(byPlan).toHaveCount(0, { timeout: 60_000 })
      await expect(page.getByTestId('gross')).toBeVisible({ timeout: 60_000 })
    })

    await test.step('I2 a change by hand has who, when and why, and the premium is built up', async () => {
      await page.getByLabel(t.relativity, { exact: true }).first().fill('1.1')
      await page.getByLabel(t.reason).fill('Agreed with underwriting')
      await page.getByRole('button', { name: t.note }).click()
      await expect(page.getByTestId('changes')).toContainText('Agreed with underwriting', { timeout: 60_000 })
      await expect(page.getByTestId('changes')).toContainText('Demonstration user')
      // Made to rise with age, which needs no level that noise may have taken, and kept between limits.
      await choose(page, t.change, t.kinds['monotone']!)
      await page.getByLabel(t.reason).fill('Agreed: never less with age')
      await page.getByRole('button', { name: t.note }).click()
      await expect(page.getByTestId('changes')).toContainText(t.kinds['monotone']!, { timeout: 60_000 })
      await choose(page, t.change, t.kinds['cap']!)
      await page.getByLabel(t.least, { exact: true }).fill('0.6')
      await page.getByLabel(t.most, { exact: true }).fill('1.5')
      await page.getByLabel(t.reason).fill('Agreed: no more than by half')
      await page.getByRole('button', { name: t.note }).click()
      await expect(page.getByTestId('changes')).toContainText(t.kinds['cap']!, { timeout: 60_000 })
      // What was moved by it has an entry for each level, before and after.
      await expect(page.getByTestId('changes').getByText('→')).not.toHaveCount(0)
      await looks(consilium, 'pricing-relativities', TYPED)
      await tab('premium')
      await page.getByRole('button', { name: t.addStep }).click()
      await page.getByRole('textbox', { name: t.stepName, exact: true }).first().fill('Profit and tax')
      await choose(page, t.stepKind, t.stepKinds.share)
      await page.getByRole('button', { name: t.pricedAgain }).click()
      await expect(page.getByRole('table', { name: t.lines })).toContainText('Profit and tax', {
        timeout: 60_000,
      })
      await looks(consilium, 'pricing-premium', TYPED)
    })

    await test.step('I5 what lies above the pooling point is spread, and the largest claim is said nowhere', async () => {
      await page.getByLabel(t.amounts).fill('90,000,000\n81,234,567\n100')
      await page.getByRole('button', { name: t.doPool }).click()
      await expect(page.getByRole('button', { name: t.usePool })).toBeVisible()
      await page.getByLabel(t.amounts).fill('')
      await expect(page.locator('main')).not.toContainText(/90,?000,?000|81,?234,?567/)
      await page.getByRole('button', { name: t.usePool }).click()
      await page.getByRole('button', { name: t.pricedAgain }).click()
      await expect(page.getByRole('table', { name: t.lines })).toContainText(t.poolStep, { timeout: 60_000 })
      // It was to be seen; the tariff is made without it.
      await page.getByRole('button', { name: t.remove }).first().click()
      await page.getByRole('button', { name: t.pricedAgain }).click()
      await expect(page.getByRole('table', { name: t.lines })).not.toContainText(t.poolStep, {
        timeout: 60_000,
      })
    })

    await test.step('I7 a model from elsewhere reads the portfolio’s factors and nothing else', async () => {
      await tab('checks')
      await looks(consilium, 'pricing-checks', TYPED)
      await tab('elsewhere')
      const formula = page.getByRole('textbox', { name: t.formula, exact: true })
      await formula.fill('3000 * patientId')
      await page.getByRole('button', { name: t.compare, exact: true }).click()
      await expect(page.getByRole('alert')).toContainText('patientId')
      await formula.fill('300000')
      await page.getByRole('button', { name: t.compare, exact: true }).click()
      await expect(page.getByRole('table', { name: t.impact })).toBeVisible({ timeout: 60_000 })
      await looks(consilium, 'pricing-elsewhere', TYPED)
    })

    await test.step('I3 yearly rates from a released curve and hazard ratios, and no time of a person', async () => {
      await tab('incidence')
      const rates = page.getByRole('table', { name: t.incidence.title })
      const found: (string | null)[] = []
      for (const [curve, hazard] of [
        [/^Onset of hypertension/, /^Hazard of an onset/],
        [/^First claim/, /^Hazard of a first claim/],
      ] as const) {
        await choose(page, t.incidence.curve, curve)
        await choose(page, t.incidence.effects, hazard)
        await page.getByRole('button', { name: t.incidence.ask }).click()
        await expect(rates).toContainText('Female', { timeout: 60_000 })
        // The first year of women by their curve, and of men by the hazard ratio over it.
        await expect(rates).toContainText(t.incidence.origins.model)
        const [first] = await rates.locator('tbody tr').all()
        await expect(first!).toContainText(/\d\s%/)
        await expect.poll(async () => !found.includes(await rates.innerText())).toBe(true)
        found.push(await rates.innerText())
        await expect(rates).not.toContainText(/\d{4}-\d{2}-\d{2}/)
      }
      await looks(consilium, 'pricing-incidence', TYPED)
    })

    await test.step('I12 a version waits for another person, and comes out again with identical rates', async () => {
      await makeVersion(page)
      await expect(page.getByText(v.ownTariff)).toBeVisible()
      await page.getByRole('button', { name: v.replay }).click()
      await expect(page.getByText(v.replayed.identical)).toBeVisible({ timeout: 60_000 })
      await expect(page.getByText(v.groupWaits)).toBeVisible()
      await expect(page.getByLabel(v.census, { exact: true })).toHaveCount(0)
      await looks(consilium, 'tariffs-version', TYPED)
      // On paper the version stands alone, with its mark; nothing of the room beside it.
      const printed = page.getByRole('article', { name: v.full(PRODUCT, 1) })
      await page.emulateMedia({ media: 'print' })
      await expect(printed.getByRole('heading', { name: v.full(PRODUCT, 1), exact: true })).toBeVisible()
      await expect(printed.getByText('Answer of the consortium’s gateways')).toBeVisible()
      await expect(page.getByText(v.honest)).toBeHidden()
      await expect(page.getByText(v.ownTariff)).toBeHidden()
      await page.emulateMedia({ media: null })
      await saveVersion(consilium, v.savePdf, file('tariff.pdf'))
      expect((await readFile(file('tariff.pdf'))).subarray(0, 5).toString()).toBe('%PDF-')
    })

    await test.step('I12 the second pair of eyes: a colleague approves, and the version is current', async () => {
      const [first] = await ask<TariffRow[]>(page, 'tariffs.list')
      await as(page, COLLEAGUE, `#/tariffs/${first!.hash}`)
      await expect(page.getByText(v.ownTariff)).toHaveCount(0)
      await page.getByLabel(v.reason, { exact: true }).fill('Checked every step')
      await looks(consilium, 'tariffs-approval', TYPED)
      await page.getByRole('button', { name: v.approve, exact: true }).click()
      await expect(page.getByText(/Approved by Demonstration colleague.*Checked every step/)).toBeVisible({
        timeout: 60_000,
      })
      expect((await ask<TariffRow[]>(page, 'tariffs.list'))[0]).toMatchObject({
        state: 'approved',
        madeBy: 'Demonstration user',
        isCurrent: true,
      })
    })

    await test.step('I4 a group of 60 from a pasted census, blended by Z, without a charge', async () => {
      const before = await budgetOf(page)
      await page.getByLabel(v.census, { exact: true }).fill(CENSUS)
      await page.getByLabel(v.memberYears, { exact: true }).fill('60')
      await page.getByLabel(v.claims, { exact: true }).fill('200')
      await page.getByLabel(v.cost('TWD')).fill('600000')
      const started = Date.now()
      await page.getByRole('button', { name: v.priceIt }).click()
      await expect(page.getByTestId('group-price')).toBeVisible()
      test
        .info()
        .annotations.push({ type: 'a group was priced within', description: `${Date.now() - started} ms` })
      await expect(page.getByTestId('group-price')).toContainText(/Z = 0\.\d/)
      await expect(page.getByTestId('group-price')).toContainText(/\b60(\.00)? member-years/)
      expect(await budgetOf(page)).toEqual(before)
      await looks(consilium, 'tariffs-group', TYPED)
      await page.getByLabel(v.census, { exact: true }).fill('age,lives\n35-94,12\n')
      await page.getByRole('button', { name: v.priceIt }).click()
      // Beside it may stand the notice that the tariff was approved.
      await expect(page.getByRole('alert').filter({ hasText: '35-94' })).toBeVisible()
    })

    await test.step('I4, I10 what was decided by hand and what was refused is in the audit', async () => {
      await page.getByLabel(v.census, { exact: true }).fill(CENSUS)
      await page.getByLabel(v.zByHand, { exact: true }).fill('0.25')
      await expect(page.getByRole('button', { name: v.priceIt })).toBeDisabled()
      await page.getByLabel(v.zReason, { exact: true }).fill('Agreed: one bad year')
      await page.getByRole('button', { name: v.priceIt }).click()
      await expect(page.getByTestId('group-price')).toContainText(/Z = 0\.25/)
      await looks(consilium, 'tariffs-by-hand', TYPED)
      const said = await auditOf(page, {})
      const subjects = said.flatMap(({ operation, subject }) =>
        subject.map(({ name, value }) => ({ operation, name, value })),
      )
      expect(subjects).toContainEqual({ operation: 'tariffs.priceGroup', name: 'credibility', value: '0.25' })
      expect(said.map(({ basis }) => basis?.reason)).toContain('Agreed: one bad year')
      expect(subjects).toContainEqual({
        operation: 'pricing.start',
        name: 'refusedFactors',
        value: expect.stringContaining('sex:'),
      })
    })

    await test.step('I12 a second version beside the first: what it does to the portfolio', async () => {
      await as(page, ANALYST, '#/pricing')
      const [later] = await tables(page)
      await choose(page, t.result, new RegExp(later!.lastMonth))
      await choose(page, t.exposure, /exposure-synthetic/)
      await byAgeAlone(page)
      await price()
      await expect(page.getByTestId('gross')).toBeVisible({ timeout: 60_000 })
      await makeVersion(page)
      await choose(page, v.compare, v.full(PRODUCT, 1))
      await expect(page.getByRole('table', { name: v.impact })).toBeVisible({ timeout: 60_000 })
      await looks(consilium, 'tariffs-compared', TYPED)
      // What leaves is understood by people, and the import of rates takes it as it is.
      const named = `${v.saveTable}: ${v.relativityTable(v.full(PRODUCT, 1))}`
      const [first] = (await ask<TariffRow[]>(page, 'tariffs.list')).filter(({ version }) => version === 1)
      await at(page, `#/tariffs/${first!.hash}`)
      await answerSaveDialogs(app, file('version-1.csv'))
      await page.getByRole('button', { name: named, exact: true }).click()
      await page.getByRole('menuitem', { name: words.question.releaseAs.csv }).click()
      await expect.poll(() => readFile(file('version-1.csv'), 'utf8').catch(() => '')).toContain('Base rate,')
      expect(await readFile(file('version-1.csv'), 'utf8')).toMatch(
        /^Factor,Level,Relativity,Member-years\r\n/,
      )
      await at(page, '#/pricing')
      await tab('elsewhere')
      await page.getByText(t.asTable, { exact: true }).click()
      await page.locator('input[type=file]').setInputFiles(file('version-1.csv'))
      await expect(page.getByRole('textbox', { name: t.ratesText, exact: true })).toHaveValue(/Age band,/)
      await page.getByRole('button', { name: t.compare, exact: true }).click()
      await expect(page.getByRole('table', { name: t.doubleLift })).toBeVisible({ timeout: 60_000 })
      await looks(consilium, 'pricing-rates', TYPED)
      // A version that is worked on again leaves beside what was worked on before.
      await at(page, `#/tariffs/${first!.hash}`)
      await page.getByRole('button', { name: v.resume, exact: true }).click()
      await expect(page.getByText(t.earlier)).toBeVisible()
      await looks(consilium, 'pricing-earlier', TYPED)
      await page.getByRole('button', { name: t.backToEarlier, exact: true }).click()
      await expect(page.getByRole('combobox', { name: t.result, exact: true }).first()).toHaveValue(
        new RegExp(later!.lastMonth),
      )
    })

    await test.step('I12 another institution makes the tariff again from its file, and finds one changed input', async () => {
      const [first] = (await ask<TariffRow[]>(page, 'tariffs.list')).filter(({ version }) => version === 1)
      await at(page, `#/tariffs/${first!.hash}`)
      await expect(page.getByRole('article', { name: v.full(PRODUCT, 1) })).toBeVisible()
      await saveVersion(consilium, v.saveJson, file('tariff.json'))
      await as(page, 'island-university/administrator', '#/tariffs')
      await answerOpenDialogs(app, file('tariff.json'))
      await page.getByRole('button', { name: v.checkTariff }).click()
      await expect(page.getByText(v.checked.identical('tariff.json'))).toBeVisible({ timeout: 60_000 })
      await looks(consilium, 'tariffs-elsewhere', TYPED)
      const text = await readFile(file('tariff.json'), 'utf8')
      const changed = JSON.parse(text) as { results: { claims: number[] } }
      changed.results.claims[0]! += 1
      await writeFile(file('changed.json'), JSON.stringify(changed))
      await answerOpenDialogs(app, file('changed.json'))
      await page.getByRole('button', { name: v.checkTariff }).click()
      await expect(page.getByText(v.checked.different('changed.json'))).toBeVisible({ timeout: 60_000 })
    })

    await test.step('I13 a field of a claim with its proof: date and code alone, from a file', async () => {
      await as(page, 'north-hospital/clerk', '#/chain')
      const proof = await proofOf(page)
      await writeFile(file('proof.json'), proof)
      await as(page, ANALYST, '#/tariffs')
      await answerOpenDialogs(app, file('proof.json'))
      await page.getByRole('button', { name: v.checkClaim }).click()
      await expect(page.getByTestId('field-proof')).toContainText('The other fields stay unknown')
      await looks(consilium, 'tariffs-claim', TYPED)
      await writeFile(file('forged.json'), forged(proof))
      await answerOpenDialogs(app, file('forged.json'))
      await page.getByRole('button', { name: v.checkClaim }).click()
      await expect(page.getByTestId('field-proof')).toContainText(words.chain.fieldProof.refusedTitle)
    })

    await test.step('I6 lift, Gini and actual to expected on the later table, the same for a second person', async () => {
      const said: (string | null)[] = []
      for (const person of [ANALYST, COLLEAGUE]) {
        await as(page, person, '#/pricing')
        await page.getByLabel(t.product, { exact: true }).fill(PRODUCT)
        await page.getByLabel(t.jurisdiction, { exact: true }).fill('TW')
        const [later, earlier] = await tables(page)
        await choose(page, t.result, new RegExp(earlier!.lastMonth))
        await choose(page, t.exposure, /exposure-synthetic/)
        await choose(page, t.holdout, new RegExp(later!.lastMonth))
        await byAgeAlone(page)
        await price()
        await expect(page.getByTestId('gross')).toBeVisible({ timeout: 60_000 })
        await tab('checks')
        said.push(await page.getByTestId('gini').textContent(), JSON.stringify(await cellsOf(page, t.lift)))
        if (person === COLLEAGUE) await looks(consilium, 'pricing-validated', TYPED)
      }
      expect(said.slice(2)).toEqual(said.slice(0, 2))
    })

    await test.step('I7 at the gateways it waits for a hospital’s approval of its very text, and then passes the gate of every answer', async () => {
      await as(page, ANALYST, '#/pricing')
      const own = { kind: 'formula', text: 'if age_years < 50 then 1 else 2' }
      const unread = await ask<FormulaAnswer>(page, 'requests.formula', { ...own, text: '2 * patientId' })
      expect(unread).toMatchObject({ kind: 'problem', found: 'patientId' })
      const formulaOf = async () => {
        const read = await ask<FormulaAnswer>(page, 'requests.formula', own)
        if (read.kind !== 'formula') throw new Error(read.kind)
        return read
      }
      const { text, columns, approvedBy, approvalsNeeded } = await formulaOf()
      expect([approvedBy, approvalsNeeded]).toEqual([[], 1])
      const { snapshots } = await ask<Catalog>(page, 'requests.catalog')
      const asked: Asked = {
        lane: 'noise',
        snapshot: snapshots[0]!.hash,
        cohort: EVERYBODY,
        cleaning: null,
        followUp: null,
        output: {
          kind: 'score',
          formula: text,
          columns,
          edges: [1_500],
          exposure: { variable: 'exposure-days', most: 365 },
          actual: { variable: 'claims', most: 20 },
          cellsMost: 2,
        },
        microRho: 200_000,
        registration: null,
        isPublished: false,
      }
      const title = 'Customised model by age'
      const priced = () => ask<Price>(page, 'requests.price', { asked, wished: null })
      const submit = ({ requestHash, microRho }: { requestHash: string; microRho: number }) =>
        ask<Submitted>(page, 'requests.submit', {
          asked,
          title,
          purpose: 'group-monitoring',
          studyId: null,
          shown: { requestHash, microRho },
        })
      // Nothing is charged before a hospital has approved it, and the form says what is missing.
      const refused = { kind: 'problems', problems: [{ kind: 'request', problem: 'not-approved' }] }
      const before = await budgetOf(page)
      expect(await priced()).toEqual(refused)
      expect(await submit({ requestHash: '00'.repeat(32), microRho: 200_000 })).toEqual(refused)
      expect(await budgetOf(page)).toEqual(before)
      await at(page, '#/requests/compose')
      await page.getByLabel(words.requests.compose.output).selectOption('score')
      await page.getByRole('textbox', { name: words.requests.formula.forms.formula, exact: true }).fill(text)
      await page.getByRole('button', { name: words.requests.formula.read, exact: true }).click()
      await expect(page.getByText(words.requests.problem['not-approved'])).toBeVisible()
      await looks(consilium, 'pricing-unapproved', TYPED)
      await as(page, 'north-hospital/checker', '#/checks')
      const { formula: c } = words.checks
      const { formula: r } = words.requests
      await page.getByLabel(r.forms.formula, { exact: true }).fill(text)
      await page.getByRole('button', { name: r.read, exact: true }).click()
      await page.getByRole('button', { name: c.approve, exact: true }).click()
      await expect(page.getByText(c.done)).toBeVisible({ timeout: ANSWERED_MS })
      await as(page, ANALYST, '#/pricing')
      await expect
        .poll(async () => (await formulaOf()).approvedBy, { timeout: ANSWERED_MS })
        .toEqual(['North Hospital (synthetic)'])
      const shown = await priced()
      if (shown.kind !== 'priced') throw new Error(JSON.stringify(shown))
      await submit(shown)
      const rowOf = async () =>
        (await ask<RequestRow[]>(page, 'requests.list')).find((row) => row.title === title)
      await expect.poll(async () => (await rowOf())?.state, { timeout: ANSWERED_MS }).toBe('answered')
      const { studyHash } = (await rowOf())!
      await at(page, `#/requests/list/${studyHash}`)
      await expect(page.getByText(title).first()).toBeVisible()
      await looks(consilium, 'pricing-customised', /Customised model|Monitoring|First claim|Onset|Hazard/)
    })
  },
)

const CENSUS = 'age band\tfemale\tmale\n0-34\t10\t8\n35-49\t14\t12\n50-64\t6\t6\n65+\t2\t2\n'

/** The answered monitoring tables, that of the newest months first. */
const tables = async (page: Page): Promise<MonitorSource[]> =>
  (await ask<MonitorSource[]>(page, 'monitor.tables')).toSorted((a, b) =>
    a.lastMonth < b.lastMonth ? 1 : -1,
  )

/** In a list that opens. */
async function choose(page: Page, label: string, option: string | RegExp): Promise<void> {
  await page.getByRole('combobox', { name: label, exact: true }).first().click()
  await page.getByRole('option', { name: option }).first().click()
}

/** The list of permitted factors has groups too: in one of few people the noise is larger than what was counted. */
async function byAgeAlone(page: Page): Promise<void> {
  const group = page.getByRole('checkbox', { name: t.factorNames['group']!, exact: true })
  if (await group.isChecked()) await page.getByText(t.factorNames['group']!, { exact: true }).click()
  await expect(group).not.toBeChecked()
}

const cellsOf = (page: Page, name: string): Promise<string[][]> =>
  page
    .getByRole('table', { name, exact: true })
    .first()
    .locator('tbody tr')
    .evaluateAll((rows) => rows.map((row) => [...row.children].map(({ textContent }) => textContent!)))

async function makeVersion(page: Page): Promise<void> {
  await page.getByLabel(t.validFrom).fill('2026-01-01')
  await page.getByRole('button', { name: t.doMake }).click()
  await expect(page.getByText(t.made(PRODUCT))).toBeVisible({ timeout: 60_000 })
  await page.getByRole('button', { name: t.goTariffs }).last().click()
  await expect(page.getByRole('article')).toBeVisible()
}

async function saveVersion(
  { app, page }: { app: Parameters<typeof answerSaveDialogs>[0]; page: Page },
  form: string,
  path: string,
): Promise<void> {
  await answerSaveDialogs(app, path)
  await page.getByRole('button', { name: v.save, exact: true }).click()
  await page.getByRole('menuitem', { name: form }).click()
  await expect(page.getByText(v.saved(path))).toBeVisible({ timeout: 60_000 })
}

/** With another sign in the middle. */
function forged(proof: string): string {
  const place = Math.floor(proof.length / 2)
  return `${proof.slice(0, place)}${proof[place] === 'A' ? 'B' : 'A'}${proof.slice(place + 1)}`
}

/** Of one field of the newest visit that this hospital may open, as the button in the explorer makes it. */
async function proofOf(page: Page): Promise<string> {
  const { blockCount } = await ask<{ blockCount: number }>(page, 'node.status')
  for (let index = blockCount - 1; index >= 0 && index > blockCount - 200; index--) {
    const started = await ask<{ kind: string; jobId: string }>(page, 'proofs.start', { index, leafIndex: 0 })
    if (started.kind !== 'started') continue
    for (let look = 0; look < 240; look++) {
      const { text } = await ask<{ text: string | null }>(page, 'proofs.text', { jobId: started.jobId })
      if (text !== null) return text
      await page.waitForTimeout(250)
    }
  }
  throw new Error('no visit of this hospital')
}
