/**
 * The insurer's groups in the real application: the demonstration's analyst sees what the one table that the institution was charged for says beside
 * its own file, goes from a group to the cause, asks again for nothing, takes charts and tables away, and has no way to a person.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AuditEntryView } from '../src/shared/contract/audit.ts'
import type { MonitorPlanView, MonitorSource, MonitorView } from '../src/shared/contract/monitor.ts'
import type { Asked, Catalog, OpenRequest, Price, RequestRow } from '../src/shared/contract/requests.ts'
import { EVERYBODY } from '../src/shared/domain/everybody.ts'
import type { ExposureVersion } from '../src/shared/contract/exposures.ts'
import { ratioWithLimits } from '../src/renderer/parts/research/ratio-text.ts'
import type { Page } from '@playwright/test'
import { answerOpenDialogs, answerSaveDialogs, expect, test, type Consilium } from './fixtures.ts'
import { as, ask, at } from './pages/bridge.ts'
import {
  ANALYST,
  ANSWERED_MS,
  auditOf,
  budgetOf,
  demonstrationFolder,
  looks,
  openInsurer,
} from './pages/insurer.ts'
import { wordsOf } from './pages/words.ts'

/** Of 500 somebody is seen in each part, of 2,000 a rise by month too; of 4,000 half are with two more insurers, so that there is a benchmark. */
const PATIENTS = process.env['CONSILIUM_GROUPS_PATIENTS'] ?? '4000'
const OTHER_INSURERS = /Autumn Health|Spring Mutual/
const words = wordsOf('en')
const t = words.groups

test(
  'an insurer sees which of its groups changed, and nothing of a person',
  { tag: '@long' },
  async ({ launch }) => {
    test.setTimeout(2_700_000)
    const consilium = await launch()
    const { app, page, scratchFolder } = consilium
    await openInsurer(consilium, PATIENTS)

    await test.step('I1 which groups changed, each number with its denominator, snapshot, lane and charge', async () => {
      await expect(page.getByTestId('source')).toContainText('ε')
      await expect(page.getByTestId('source')).toContainText(/Snapshot at height \d/)
      const tiles = page.getByTestId('tiles')
      await expect(tiles).toContainText(t.measures.claims)
      await expect(tiles).toContainText(/of [\d,]+ member-years/)
      await expect(tiles).toContainText(/of a premium of TWD\s[\d,]+/)
      await expect(page.getByLabel(t.choose, { exact: true }).locator('option').first()).toHaveText(
        t.portfolio,
      )
      // No group of few people has a name here.
      await expect(page.getByLabel(t.choose, { exact: true }).locator('option')).toContainText([t.other])
      await looks(consilium, 'groups-risk')
    })

    await test.step('I1 from a group to its cause in two clicks', async () => {
      await page.getByLabel(t.choose, { exact: true }).selectOption({ index: 1 })
      await expect(page.getByTestId('cause')).toBeVisible()
      const by = page.getByRole('radiogroup', { name: t.causes })
      await by.getByText(t.by.condition, { exact: true }).click()
      await expect(page.getByTestId('cause')).not.toBeEmpty()
      await page.getByTestId('cause').scrollIntoViewIfNeeded()
      await looks(consilium, 'groups-cause')
    })

    await test.step('I1 the payer’s plans are a level of their own, with every measure and chart', async () => {
      const { plans } = (await shownView(page)).view
      if (plans === null) throw new Error('the file has several plans')
      await page.getByText(t.levels.plan, { exact: true }).click()
      const choice = page.getByLabel(t.ofPlans.choose, { exact: true })
      await expect(choice.locator('option')).toHaveCount(1 + plans.groups.length)
      await expect(page.getByRole('heading', { name: t.ofPlans.tableTitle, exact: true })).toBeVisible()
      // National insurance has no plans: its name in the records stands for one, and so its people are counted.
      const national = plans.groups.find(({ label }) => label === 'NHI')!
      if (national.claims.kind !== 'rate') throw new Error(national.claims.kind)
      await choice.selectOption('NHI')
      await expect(page.getByTestId('tiles')).toContainText(/of [\d,]+ member-years/)
      await expect(page.getByRole('heading', { name: t.monthsOf('NHI'), exact: true })).toBeVisible()
      await expect(page.getByTestId('cause')).toBeVisible()
      await looks(consilium, 'groups-plans')
      await page.getByText(t.levels.group, { exact: true }).click()
      await expect(page.getByRole('heading', { name: t.tableTitle, exact: true })).toBeVisible()
      await page.getByLabel(t.choose, { exact: true }).selectOption({ index: 1 })
    })

    await test.step('I1 every chart leaves as a picture and every table as a file, with where it comes from', async () => {
      const menus = page.getByRole('button', { name: new RegExp(`^${words.question.release}: `) })
      expect(await menus.count()).toBeGreaterThan(4)
      const charts = await page.locator('main svg[role=img]').count()
      const left: Record<string, number> = { svg: 0, csv: 0 }
      for (const [i, menu] of (await menus.all()).entries()) {
        await menu.click()
        await expect(page.getByRole('menuitem').first()).toBeVisible()
        const isChart = await page.getByRole('menuitem', { name: words.question.releaseAs.svg }).isVisible()
        const form = isChart ? 'svg' : 'csv'
        const file = join(scratchFolder, `left-${i}.${form}`)
        await answerSaveDialogs(app, file)
        await page.getByRole('menuitem', { name: words.question.releaseAs[form] }).click()
        await expect.poll(() => readFile(file, 'utf8').catch(() => '')).toContain('consortium’s gateways')
        left[form] = left[form]! + 1
      }
      expect(left['svg']).toBe(charts)
      expect(left['csv']).toBeGreaterThan(1)
    })

    await test.step('I1 a benchmark of three insurers stands beside the own portfolio, and names none of the others', async () => {
      const { benchmark, groups } = (await shownView(page)).view
      if (benchmark.kind !== 'benchmark') throw new Error(JSON.stringify(benchmark))
      expect(benchmark.insurers).toBe(3)
      const table = page.getByRole('table', { name: t.benchmark.title })
      await expect(table.locator('tbody tr')).toHaveCount(1 + benchmark.months.length)
      await expect(page.getByText(t.benchmark.note('3'))).toBeVisible()
      // Its people are of one model, whoever insures them: the two rates are one, within their limits.
      const [own, market] = [benchmark.own, benchmark.market]
      if (own.kind !== 'rate' || market.kind !== 'rate') throw new Error(`${own.kind}, ${market.kind}`)
      expect(own.lower).toBeLessThan(market.upper)
      expect(market.lower).toBeLessThan(own.upper)
      // Half of all are with this insurer.
      expect(market.denominator).toBeGreaterThan(1.5 * own.denominator)
      expect(market.denominator).toBeLessThan(2.7 * own.denominator)
      expect(groups.length).toBeGreaterThan(1)
      await expect(page.locator('main')).not.toContainText(OTHER_INSURERS)
      await table.scrollIntoViewIfNeeded()
      await looks(consilium, 'groups-benchmark')
    })

    await test.step('I1 two of the three are members by name alone, and the room Network says so', async () => {
      await as(page, 'harvest-insurance/administrator', '#/network')
      const row = page.getByRole('row').filter({ hasText: OTHER_INSURERS })
      await expect(row).toHaveCount(2)
      await expect(row.getByText(words.network.silent.short)).toHaveCount(2)
      await row.first().click()
      await expect(page.getByText(words.network.silent.body)).toBeVisible()
      await looks(consilium, 'groups-network')
      await as(page, ANALYST, '#/groups')
      await expect(page.getByTestId('source')).toBeVisible({ timeout: ANSWERED_MS })
    })

    await test.step('I1 the same table again is free', async () => {
      await at(page, '#/groups/ask')
      await expect(page.getByTestId('price')).toContainText('ε')
      await looks(consilium, 'groups-ask', /^Monitoring/)
      const before = await budgetOf(page)
      const [table] = await ask<MonitorSource[]>(page, 'monitor.tables')
      await at(page, '#/groups')
      await expect(page.getByTestId('source')).toBeVisible({ timeout: ANSWERED_MS })
      await ask(page, 'monitor.view', { studyHash: table!.studyHash, exposure: null })
      expect(await budgetOf(page)).toEqual(before)
    })

    await test.step('I11 a rise alerts once: since when, how sure, how many false alarms, where to look; and it is in the audit', async () => {
      const { name, file, months } = await withFewMembersLate(consilium)
      await at(page, '#/groups/file')
      await answerOpenDialogs(app, file)
      await page.getByRole('button', { name: t.file.choose }).click()
      await page.getByRole('button', { name: t.file.take }).click()
      await expect(page.getByText('members-left.csv').first()).toBeVisible()
      await at(page, '#/groups')
      const alerts = page.getByTestId('alerts')
      await expect(alerts).toContainText(t.alert.rise(name, '§', null, '').split(' since')[0]!, {
        timeout: ANSWERED_MS,
      })
      const { view } = await shownView(page)
      // Of other groups a false alarm is to be expected now and then.
      const rises = view.alerts.filter(
        ({ watched, kind, label }) => watched === 'group' && kind === 'rise' && label === name,
      )
      // After a pause there is another one; the surest is first.
      expect(rises).not.toEqual([])
      const [rise] = rises
      expect(months.slice(5)).toContain(rise!.since)
      expect(rise!.ratio.lower).toBeGreaterThan(1.1)
      const two = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 2 })
      const { ratio, since, month, falseAlarmsPerYear } = rise!
      const until = month === view.source.lastMonth ? null : month
      const { ratio: times, limits } = ratioWithLimits(ratio, 'en')
      await expect(alerts).toContainText(t.alert.rise(name, since, until, times))
      await expect(alerts).toContainText(t.alert.sure(limits))
      await expect(alerts).toContainText(t.alert.falseAlarms(two(falseAlarmsPerYear)))
      await expect(alerts).toContainText(/Look next at|No single part stands out/)
      await expect(alerts).toContainText(/First shown .* it is in the audit/)
      await looks(consilium, 'groups-alert')
      const place = view.alerts.indexOf(rise!)
      await alerts.getByRole('button', { name: t.alert.show }).nth(place).click()
      await expect(page.getByLabel(t.choose, { exact: true })).toHaveValue(name)
      await expect(page.getByTestId('cause')).toBeInViewport()
      // Whoever looks again, whoever it is, adds nothing.
      await at(page, '#/home')
      await at(page, '#/groups')
      await expect(page.getByTestId('noted-alerts')).toContainText(since)
      expect((await shownView(page)).view.noted).toEqual(view.noted)
      await page.getByTestId('noted-alerts').scrollIntoViewIfNeeded()
      await looks(consilium, 'groups-noted')
      // Of several the last button is for all of them.
      await alerts
        .getByTestId('open-alerts')
        .getByRole('button', { name: words.groupSeries.open.looked })
        .last()
        .click()
      await expect(alerts.getByTestId('open-alerts')).toBeHidden()
      await expect(alerts).toContainText(/Looked into \d{4}/)
      await expect(page.getByTestId('noted-alerts')).not.toContainText(t.noted.notYet)
      const said = await auditOf(page, { operation: 'node.groupAlert' })
      const { studyHash: study } = view.source
      const ofRise = said
        .map(subjectOf)
        .filter(({ alert, month }) => alert === 'rise' && month === rise!.month)
      expect(ofRise.filter(({ group }) => group === name)).toEqual([
        { study, alert: 'rise', group: name, since, month: rise!.month },
      ])
      await as(page, ANALYST, '#/groups')
    })

    await test.step('I8 nobody aims at a person: no room of persons is there, and the node refuses whoever asks past the window', async () => {
      const navigation = page.getByRole('navigation', { name: words.shell.navigation })
      await expect(
        navigation.getByRole('link', { name: words.shell.rooms.groups, exact: true }),
      ).toBeVisible()
      for (const room of ['patients', 'record', 'cohorts', 'question', 'pathways'] as const)
        await expect(
          navigation.getByRole('link', { name: words.shell.rooms[room], exact: true }),
        ).toHaveCount(0)
      for (const [call, input] of [
        ['patients.search', { text: 'a', limit: 5 }],
        ['records.recent', {}],
        ['cohorts.state', undefined],
        ['studies.start', {}],
      ] as const)
        await expect(ask(page, call, input)).rejects.toThrow(`${call}: `)
    })

    await test.step('I8 of few the answer is the one of nobody, word for word', async () => {
      const { snapshots } = await ask<Catalog>(page, 'requests.catalog')
      const answers: unknown[] = []
      for (const [title, atLeast] of [
        ['The very old', 92],
        ['Nobody is so old', 119],
      ] as const) {
        const asked: Asked = {
          lane: 'noise',
          snapshot: snapshots[0]!.hash,
          cohort: { ...EVERYBODY, steps: [{ use: 'include', rule: { kind: 'age', atLeast } }] },
          cleaning: null,
          followUp: null,
          output: { kind: 'count' },
          microRho: 20_000,
          registration: null,
          isPublished: false,
        }
        answers.push(await answerTo(page, asked, title))
      }
      expect(JSON.stringify(answers[0])).toContain('withheld')
      expect(answers[0]).toEqual(answers[1])
    })

    await test.step('I9 a group of twelve is in no table of its own, whichever file asks for it', async () => {
      await at(page, '#/groups/file')
      await expect(page.getByText('exposure-synthetic.csv')).toBeVisible({ timeout: ANSWERED_MS })
      await looks(consilium, 'groups-file')
      const kept = (await exposureOf(page, 'exposure-synthetic.csv'))!
      const own = await readFile(join(await demonstrationFolder(consilium), kept.fileName), 'utf8')
      const months = [...new Set(kept.months)]
      // Twelve people of one employer, month by month.
      const few = months.map((month) => `NHI,Twelve people,35-49,female,${month},12,9000`)
      const file = join(scratchFolder, 'with-twelve.csv')
      await writeFile(file, `${own}${few.join('\n')}\n`)
      await answerOpenDialogs(app, file)
      await page.getByRole('button', { name: t.file.choose }).click()
      await page.getByRole('button', { name: t.file.take }).click()
      // Its name stands there from the moment when it was chosen.
      await expect
        .poll(async () => (await exposureOf(page, 'with-twelve.csv'))?.groups)
        .toContain('Twelve people')
      const newest = (await exposureOf(page, 'with-twelve.csv'))!
      const { snapshots } = await ask<Catalog>(page, 'requests.catalog')
      const plan = await ask<MonitorPlanView>(page, 'monitor.plan', {
        exposure: newest.hash,
        snapshot: snapshots[0]!.hash,
        perYear: 2,
        registration: null,
      })
      if (plan.kind !== 'plan') throw new Error(plan.kind)
      expect(plan.groups.map(({ label }) => label)).not.toContain('Twelve people')
      expect(plan.merged).toBeGreaterThan(0)
      await at(page, '#/groups/ask')
      await expect(page.getByTestId('price')).toBeVisible()
      await expect(page.getByRole('table').getByText('Twelve people')).toHaveCount(0)
      // Three months are too few to ask for: nothing is told apart month by month.
      const short = join(scratchFolder, 'three-months.csv')
      const [head, ...lines] = own.trimEnd().split('\n')
      const three = lines.filter((line) => months.slice(-3).includes(line.split(',')[4]!))
      await writeFile(short, `${[head, ...three].join('\n')}\n`)
      const looked = await ask<{ summary: { hash: string } }>(page, 'exposures.check', { path: short })
      await ask(page, 'exposures.take', { path: short, hash: looked.summary.hash, broughtBy: 'person' })
      expect(
        await ask<MonitorPlanView>(page, 'monitor.plan', {
          exposure: looked.summary.hash,
          snapshot: snapshots[0]!.hash,
          perYear: 2,
          registration: null,
        }),
      ).toEqual({ kind: 'too-few-months', months: 3 })
    })

    await test.step('I9 a program that asks for a small employer by name learns nothing of it in any month', async () => {
      const kept = (await exposureOf(page, 'exposure-synthetic.csv'))!
      const own = await readFile(join(await demonstrationFolder(consilium), kept.fileName), 'utf8')
      const code = smallEmployer(own, kept.months.slice(-12))
      const { snapshots } = await ask<Catalog>(page, 'requests.catalog')
      const plan = await ask<MonitorPlanView>(page, 'monitor.plan', {
        exposure: kept.hash,
        snapshot: snapshots[0]!.hash,
        perYear: 2,
        registration: null,
      })
      if (plan.kind !== 'plan' || plan.asked.lane !== 'noise' || plan.asked.output.kind !== 'monitor')
        throw new Error(plan.kind)
      const { output } = plan.asked
      const groups = [
        ...output.groups.map((group) => ({ ...group, codes: group.codes.filter((each) => each !== code) })),
        { label: code, codes: [code] },
      ].filter(({ codes }) => codes.length > 0)
      await answerTo(page, { ...plan.asked, output: { ...output, groups } }, 'One employer')
      const [newest] = await ask<MonitorSource[]>(page, 'monitor.tables')
      const view = await ask<MonitorView>(page, 'monitor.view', {
        studyHash: newest!.studyHash,
        exposure: kept.hash,
      })
      const withheld = { kind: 'withheld' }
      const found = view.groups.find(({ label }) => label === code)!
      expect(found.lives).toBeGreaterThan(0)
      expect([found.visits, found.claims, found.severity, found.purePremium, found.lossRatio]).toEqual(
        Array(5).fill(withheld),
      )
      expect(found.prevalence.map(({ rate }) => rate)).toEqual(found.prevalence.map(() => withheld))
      expect(found).toMatchObject({ caseMix: null, actualToExpected: null })
      expect(found.months.map(({ claims, patients }) => claims ?? patients)).toEqual(
        found.months.map(() => null),
      )
    })

    await test.step('I14 the disk of the insurer’s node holds no word of a record', async () => {
      await as(page, 'north-hospital/clerk', '#/patients')
      const found = await ask<{ patients: { name: string }[] }>(page, 'patients.search', {
        text: '',
        limit: 20,
      })
      // So long that no ciphertext has them by chance.
      const names = found.patients.map(({ name }) => name).filter((name) => Buffer.byteLength(name) >= 8)
      expect(names.length).toBeGreaterThan(5)
      const folder = await demonstrationFolder(consilium)
      const disk = await bytesUnder(join(folder, 'harvest-insurance'))
      // Settings, logs, caches and crash dumps of the application itself, which has just shown one of them.
      await page.getByLabel(words.patients.searchLabel, { exact: true }).fill(names[0]!)
      await expect(page.getByText(names[0]!).first()).toBeVisible()
      const around = await bytesUnder(scratchFolder, folder)
      const has = (bytes: Buffer, text: string): boolean =>
        (['utf8', 'utf16le'] as const).some((encoding) => bytes.includes(Buffer.from(text, encoding)))
      expect(names.filter((name) => has(disk, name) || has(around, name))).toEqual([])
      expect(around.length).toBeGreaterThan(10_000)
      // What is no secret is found.
      expect(has(disk, 'Harvest Insurance (synthetic)')).toBe(true)
      await as(page, ANALYST, '#/groups')
    })
  },
)

const exposureOf = async (page: Page, name: string): Promise<ExposureVersion | undefined> =>
  (await ask<ExposureVersion[]>(page, 'exposures.list')).find(({ fileName }) => fileName === name)

/** What the page shows when it is opened: the newest table beside the newest file. */
async function shownView(page: Page): Promise<{ view: MonitorView }> {
  const [table] = await ask<MonitorSource[]>(page, 'monitor.tables')
  const [newest] = await ask<ExposureVersion[]>(page, 'exposures.list')
  const { studyHash } = table!
  return { view: await ask<MonitorView>(page, 'monitor.view', { studyHash, exposure: newest!.hash }) }
}

/**
 * The insurer's file with a quarter of the members of its largest group from the seventh month of the table on. The demonstration's people are as likely ill in each
 * month, so what rises is claims over members: that is a rise by this file, and none by the true one.
 */
async function withFewMembersLate(
  consilium: Consilium,
): Promise<{ name: string; file: string; months: readonly string[] }> {
  const { page, scratchFolder } = consilium
  const kept = (await exposureOf(page, 'exposure-synthetic.csv'))!
  const { view } = await shownView(page)
  const largest = view.groups
    .filter(({ label }) => label !== 'other')
    .toSorted((a, b) => b.lives! - a.lives!)[0]!
  const months = largest.months.map(({ month }) => month)
  const late = new Set(months.slice(6))
  const own = await readFile(join(await demonstrationFolder(consilium), kept.fileName), 'utf8')
  const changed = own.split('\n').map((line) => {
    const cells = line.split(',')
    if (!largest.codes.includes(cells[1]!) || !late.has(cells[4]!)) return line
    return [...cells.slice(0, 5), String(Number(cells[5]) / 4), cells[6]].join(',')
  })
  const file = join(scratchFolder, 'members-left.csv')
  await writeFile(file, changed.join('\n'))
  return { name: largest.label!, file, months }
}

/** The employer that comes nearest to twelve people over these months. */
function smallEmployer(text: string, months: readonly string[]): string {
  const lives = new Map<string, number>()
  for (const line of text.trimEnd().split('\n').slice(1)) {
    const [, group, , , month, members] = line.split(',')
    if (months.includes(month!)) lives.set(group!, (lives.get(group!) ?? 0) + Number(members) / months.length)
  }
  return [...lives].toSorted(([, a], [, b]) => Math.abs(a - 12) - Math.abs(b - 12))[0]![0]
}

/** As a program would ask that somebody changed: past the window, at the price that the node says. */
async function answerTo(page: Page, asked: Asked, title: string): Promise<unknown> {
  const shown = await ask<Price>(page, 'requests.price', { asked, wished: null })
  if (shown.kind !== 'priced') throw new Error(JSON.stringify(shown))
  const { requestHash, microRho } = shown
  const purpose = 'group-monitoring'
  await ask(page, 'requests.submit', {
    asked,
    title,
    purpose,
    studyId: null,
    shown: { requestHash, microRho },
  })
  const rowOf = async () =>
    (await ask<RequestRow[]>(page, 'requests.list')).find((row) => row.title === title)
  await expect.poll(async () => (await rowOf())?.state, { timeout: ANSWERED_MS }).toBe('answered')
  const { studyHash } = (await rowOf())!
  return (await ask<OpenRequest>(page, 'requests.open', { studyHash })).answer
}

const subjectOf = ({ subject }: AuditEntryView): Record<string, string> =>
  Object.fromEntries(subject.map(({ name, value }) => [name, value]))

/** Everything in files under a folder, without those under another one. */
async function bytesUnder(folder: string, but: string | null = null): Promise<Buffer> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  const parts = await Promise.all(
    files
      .filter((file) => file.isFile() && (but === null || !file.parentPath.startsWith(but)))
      // A store writes meanwhile: a file that is gone was read under its next name.
      .map((file) => readFile(join(file.parentPath, file.name)).catch(() => Buffer.alloc(0))),
  )
  return Buffer.concat(parts)
}
