/**
 * Studies of all hospitals in the real application, on the demonstration consortium: what a university finds published, what it asks and pays, what
 * two checkers let out, what a reviewer holds against a paper and has computed again, and the package in a browser without a node. Masks and a spent budget (R10, R13)
 * stand in `attacks.spec.ts`; whole attacks in `npm run attacks`, every limit of the ledger in `charges.long.test.ts`.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { _electron, type ElectronApplication, type Page } from '@playwright/test'
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate'
import type { CohortCount } from '../src/shared/contract/cohorts.ts'
import { DEMONSTRATION_TITLES } from '../src/main/demonstration/demonstration-titles.ts'
import { coverageTables } from '../src/main/requests/coverage-tables.ts'
import type { Catalog, OpenRequest } from '../src/shared/contract/requests.ts'
import {
  answerOpenDialogs,
  answerSaveDialogs,
  electronExecutable,
  expect,
  sandboxArguments,
  test,
} from './fixtures.ts'
import { as, ask, at } from './pages/bridge.ts'
import { startDemonstration, untilComplete } from './pages/demonstration.ts'
import { cutOff, latinSentences, zoom } from './pages/looks.ts'
import { arePicturesKept, inEachLook, inLook, keepPicture } from './pages/pictures.ts'
import { ANSWERED_MS, countedAt, everybody, rowOf, submit, untilState } from './pages/requests.ts'
import { wordsOf } from './pages/words.ts'

const TITLES = /^(Completeness: |Patients by|Everybody|One rule less|Too few)/
const IN_DEMONSTRATION: readonly unknown[] = Object.values(DEMONSTRATION_TITLES.en)
const t = wordsOf('en')

async function looks(page: Page, name: string): Promise<void> {
  const sizes = [
    { width: 1920, height: 1080 },
    { width: 1280, height: 800 },
  ]
  for (const size of arePicturesKept ? sizes : sizes.slice(1)) {
    await page.setViewportSize(size)
    await inEachLook(page, async (look) => {
      const said = inLook(`${name}.${size.width}`, look)
      if (arePicturesKept) {
        await page.waitForTimeout(400)
        await keepPicture(page, said)
      }
      expect.soft(await page.evaluate(cutOff), said).toEqual([])
      if (look.locale !== 'zh-Hant') return
      // Titles are what people called their requests.
      const latin = (await page.evaluate(latinSentences)).filter(
        (each) => !TITLES.test(each) && !IN_DEMONSTRATION.includes(each),
      )
      expect.soft(latin, said).toEqual([])
    })
  }
}

/** Of the list of requests only titles, which people give, may be longer than their column. */
async function areWhole(page: Page, name: string): Promise<void> {
  await inEachLook(page, async (look) => {
    const cut = await page
      .locator('main [role=gridcell]:not(:first-child)')
      .evaluateAll((cells) =>
        cells.flatMap(({ scrollWidth, clientWidth, textContent }) =>
          scrollWidth > clientWidth + 1 ? [textContent] : [],
        ),
      )
    expect.soft(cut, inLook(name, look)).toEqual([])
  })
}

/** A page of the disk in a browser that knows nothing of Consilium, as after a double click. */
async function openedByDoubleClick(folder: string, html: string): Promise<ElectronApplication> {
  const file = join(folder, 'verify.html')
  const main = join(folder, 'browser.cjs')
  await writeFile(file, html)
  await writeFile(
    main,
    `const { app, BrowserWindow } = require('electron')
     app.whenReady().then(() => new BrowserWindow({ width: 1280, height: 800 }).loadFile(${JSON.stringify(file)}))`,
  )
  return _electron.launch({
    executablePath: electronExecutable(),
    args: [...sandboxArguments(), '--disable-gpu', `--user-data-dir=${join(folder, 'browser')}`, main],
  })
}

test(
  'R1, R7, R9, R11, R12, R14 to R16: a researcher asks, two checkers approve, the result arrives, a reviewer has it computed again, and the verdict is shown',
  { tag: '@long' },
  async ({ launch }) => {
    test.setTimeout(1_800_000)
    const consilium = await launch()
    const { app, page, scratchFolder } = consilium
    await startDemonstration(page, t, '200')
    await untilComplete(page)

    // What hospitals published for everybody reaches a university: coverage in its catalogue, its cells too.
    await as(page, 'island-university/researcher', '#/requests')
    await expect(page.getByRole('heading', { level: 1, name: t.requests.title })).toBeVisible()
    await untilState(page, 'Patients by age at the first visit', 'answered')
    // Of those first seen in one year too, where they are enough to be shown; of two hundred people they may be too few.
    const coverageNow = async () => (await ask<Catalog>(page, 'requests.catalog')).coverage
    const namesOf = (all: Catalog['coverage']) =>
      all.map(({ variable, year }) => `${variable} ${year ?? 'all'}`)
    await expect
      .poll(async () => namesOf(await coverageNow()), { timeout: ANSWERED_MS })
      .toEqual(expect.arrayContaining(coverageTables([]).map(({ variable }) => `${variable} all`)))
    const catalog = await ask<Catalog>(page, 'requests.catalog')
    const published = catalog.coverage.find(({ variable }) => variable === 'sex')
    expect(published).toMatchObject({ variable: 'sex', year: null })
    const ofEverybody = catalog.coverage.find(
      ({ variable, year }) => variable === 'hba1c-tenths' && year === null,
    )
    expect(ofEverybody!.known.value).toBeGreaterThan(0)
    expect(ofEverybody!.missing).not.toBeNull()
    // Its people are invented, and look like the table that was published.
    const { answer } = await ask<OpenRequest>(page, 'requests.open', { studyHash: published!.studyHash })
    if (answer?.kind !== 'noise' || answer.answer.kind !== 'table') throw new Error('no published table')
    const [female, male] = answer.answer.cells as [number, number]
    const steps = [{ use: 'include', rule: { kind: 'sex', anyOf: ['female'] } }]
    const twin = await ask<CohortCount>(page, 'cohorts.count', { definition: { ...everybody, steps } })
    if (twin.kind !== 'counted') throw new Error(twin.kind)
    expect(twin.isTwin).toBe(true)
    const share = twin.attrition.steps[0]! / twin.snapshot.personCount
    expect(Math.abs(share - female / (female + male))).toBeLessThan(0.01)
    const [snapshot] = catalog.snapshots
    await at(page, '#/requests/compose')
    await at(page, '#/requests')
    await expect(page.getByText(t.requests.catalogue.someCoverage)).toBeVisible()
    await expect(page.getByTestId('budget-headline')).toContainText('more tables like this')
    await looks(page, 'requests-catalogue')
    await at(page, '#/cohorts')
    await expect(page.getByText(t.cohorts.twinMeans)).toBeVisible({ timeout: 120_000 })

    // R1: what is planned is on the chain before an outcome is seen.
    await at(page, '#/requests/protocols')
    await page.getByLabel(t.requests.protocols.title).fill('Everybody')
    await page
      .getByRole('textbox', { name: t.requests.protocols.text, exact: true })
      .fill('More of them than last year.')
    await page.getByRole('button', { name: t.requests.protocols.register, exact: true }).click()
    await expect(page.getByText(/^Registered \d{4}-/)).toBeVisible({ timeout: ANSWERED_MS })
    await looks(page, 'requests-protocols')

    // R12: price and noise before the click; the dearest count of the demonstration's rules has σ² = 10⁶ / (2 · 20,000) = 25.
    await at(page, '#/requests/compose')
    await expect(page.getByTestId('noise')).toContainText(t.requests.price.one('10'))
    await expect(page.getByTestId('remaining')).toContainText('more counts like this')
    await looks(page, 'requests-compose')
    await expect(page.getByRole('button', { name: t.requests.compose.submit, exact: true })).toBeEnabled()
    await page.keyboard.press('Control+Enter')
    const state = page
      .getByRole('complementary', { name: t.requests.pane.label })
      .getByTestId('request-state')
    await expect(state).toHaveAttribute('data-state', 'answered', { timeout: ANSWERED_MS })
    await expect(page.getByTestId('headline')).toContainText('± 10')
    await expect(page.getByTestId('lane-label')).toContainText('ε = 0.9')
    await expect(page.getByText(/of 4 gateways:/)).toBeVisible()
    const headline = await page.getByTestId('headline').textContent()
    await looks(page, 'requests-answer')

    // The same again: the recorded bytes, for nothing.
    await at(page, '#/requests/compose')
    await expect(page.getByText(t.requests.price.same('Everybody'))).toBeVisible()
    await expect(page.getByRole('button', { name: t.requests.compose.submit, exact: true })).toBeEnabled()
    await page.keyboard.press('Control+Enter')
    await expect(state).toHaveAttribute('data-state', 'answered', { timeout: ANSWERED_MS })
    await expect(page.getByText(t.requests.pane.costNothing).first()).toBeVisible()
    await expect(page.getByTestId('headline')).toHaveText(headline!)

    // R11, R9: only declared states are asked; one person less in the definition is a question of its own, with its own noise and price.
    const later = await submit(page, countedAt('ab'.repeat(32)), 'Another height')
    expect(later.answer).toEqual({ kind: 'refused', reason: 'unknown-snapshot' })
    const oneLess = {
      ...everybody,
      steps: [{ use: 'exclude' as const, rule: { kind: 'age' as const, atLeast: 100 } }],
    }
    const differenced = await submit(page, countedAt(snapshot!.hash, { cohort: oneLess }), 'One rule less')
    expect(differenced.shown).toMatchObject({ chargeKind: 'count', microRho: 20_000, same: null })
    await untilState(page, 'One rule less', 'answered')

    const waiting = (await rowOf(page, 'Seen again within four months, by sex'))!
    expect(waiting).toMatchObject({ state: 'to-be-checked', lane: 'rule' })
    await at(page, '#/requests/list')
    await expect(page.getByText('One rule less').first()).toBeVisible()
    await looks(page, 'requests-list')
    await areWhole(page, 'list')
    // Beside the pane there is room for where it stands, in either language.
    await at(page, `#/requests/list/${waiting.studyHash}`)
    await expect(page.getByRole('complementary', { name: t.requests.pane.label })).toBeVisible()
    await looks(page, 'requests-waiting')
    await areWhole(page, 'waiting')

    // Another form needs more of the form: a sentence says what, and nothing can be asked before.
    await at(page, '#/requests/compose')
    await page.getByLabel(t.requests.compose.output).selectOption('table')
    await page.getByRole('button', { name: t.requests.compose.removeVariable('Sex') }).click()
    await expect(page.getByText(t.requests.problem.axes)).toBeVisible()
    await expect(page.getByRole('button', { name: t.requests.compose.submit, exact: true })).toBeDisabled()
    await looks(page, 'requests-problem')
    await zoom(consilium, 2)
    await page.waitForTimeout(300)
    expect.soft(await page.evaluate(cutOff)).toEqual([])
    await zoom(consilium, 1)
    // A university checks nothing, and has no room for it.
    await expect(page.getByRole('link', { name: t.shell.rooms.checks })).toHaveCount(0)

    // R14: two people of two hospitals; the first word is not enough.
    for (const [i, hospital] of ['north-hospital', 'harbour-hospital'].entries()) {
      await as(page, `${hospital}/checker`, `#/checks/${waiting.studyHash}`)
      await expect(page.getByTestId('leaves')).toBeVisible({ timeout: ANSWERED_MS })
      if (i === 0) await looks(page, 'checks')
      for (const point of Object.values(t.checks.points))
        await page.getByRole('checkbox', { name: point, exact: true }).check()
      await page.getByRole('button', { name: t.checks.approve, exact: true }).click()
      // With the second word it is over at once.
      await expect(page.getByText(t.checks.decided).or(page.getByText(t.checks.gone)).first()).toBeVisible({
        timeout: ANSWERED_MS,
      })
    }

    await as(page, 'island-university/researcher', `#/requests/list/${waiting.studyHash}`)
    await expect(state).toHaveAttribute('data-state', 'answered', { timeout: ANSWERED_MS })
    await expect(page.getByTestId('lane-label')).toHaveText(t.requests.answer.lanes.rule)
    await expect(page.getByText(/North Hospital.*agreed.*Harbour Hospital.*agreed/)).toBeVisible()
    await looks(page, 'requests-by-rule')
    const file = join(scratchFolder, 'package.zip')
    await answerSaveDialogs(app, file)
    await page.getByRole('button', { name: t.reviews.save.make }).click()
    await expect(page.getByText(t.reviews.save.saved(file))).toBeVisible({ timeout: ANSWERED_MS })

    // R7: four events are too few for a model: refused, without a number and without a charge.
    const open = await ask<OpenRequest>(page, 'requests.open', { studyHash: waiting.studyHash })
    if (open.question?.lane !== 'rule') throw new Error('no study by rule')
    const { study } = open.question
    const few = {
      ...study,
      title: 'Too few',
      cohort: {
        ...study.cohort,
        steps: [{ use: 'include' as const, rule: { kind: 'age' as const, atLeast: 97 } }],
      },
    }
    await submit(page, { lane: 'rule', snapshot: snapshot!.hash, study: few }, 'Too few')
    await untilState(page, 'Too few', 'refused')
    expect(await rowOf(page, 'Too few')).toMatchObject({ microRho: 0 })
    await at(page, '#/requests/list')
    await expect(page.getByText('Too few').first()).toBeVisible()
    await looks(page, 'requests-refused')

    // R15: the reviewer opens it, holds the paper's numbers against it, has it computed again from the records, and signs.
    await as(page, 'island-university/reviewer', '#/reviews')
    await answerOpenDialogs(app, file)
    await page.getByRole('button', { name: t.reviews.open }).click()
    await expect(page.getByText(t.reviews.holds)).toBeVisible({ timeout: 60_000 })
    const attested = page.getByTestId('attested').getByRole('row')
    const value = await attested.nth(1).getByRole('cell').nth(1).textContent()
    await attested.nth(1).getByRole('textbox').fill(value!)
    await expect(attested.nth(1)).toContainText(t.reviews.comparedWords['same']!)
    await attested.nth(2).getByRole('textbox').fill('4711')
    await expect(attested.nth(2)).toContainText(t.reviews.comparedWords['differs']!)
    await page.getByRole('button', { name: t.requests.pane.recompute }).click()
    await expect(page.getByTestId('recomputation')).toHaveAttribute('data-state', 'identical', {
      timeout: ANSWERED_MS,
    })
    await looks(page, 'reviews')
    await page.getByLabel(t.reviews.yourVerdict).first().click()
    await page.getByRole('option', { name: t.reviews.verdicts['confirmed']! }).click()
    await page.getByLabel(t.reviews.text).fill('Computed again, identical; the table agrees.')
    await page.getByRole('button', { name: t.reviews.signNow }).click()
    // Once it is final it says so, is listed, and stands at the study for whoever asked it.
    await expect(page.getByTestId('signed-review')).toHaveAttribute('data-state', 'final', {
      timeout: ANSWERED_MS,
    })
    await expect(page.getByTestId('own-review')).toContainText('Computed again, identical; the table agrees.')
    await looks(page, 'reviews-signed')

    // R16: one number changed in the package; here, and in a browser of an institution without a node.
    const files = unzipSync(new Uint8Array(await readFile(file)))
    const page1 = await openedByDoubleClick(scratchFolder, strFromU8(files['verify.html']!))
    const browser = await page1.firstWindow()
    await expect(browser.getByText('Everything holds.')).toBeVisible({ timeout: 60_000 })
    await keepPicture(browser, 'package-page', { fullPage: true })
    await page1.close()
    const name = value!
    const changed = strFromU8(files['result.csv']!).replace(`"${name}"`, `"${name}1"`)
    // The page that travels in it finds it too, of the package that it holds.
    const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
    const [whole, other] = [base64(files['result.csv']!), base64(strToU8(changed))]
    const page2 = await openedByDoubleClick(
      scratchFolder,
      strFromU8(files['verify.html']!).replace(whole, other),
    )
    const again = await page2.firstWindow()
    await expect(again.getByText('This package does NOT hold.')).toBeVisible({ timeout: 60_000 })
    await expect(again.getByText(/Line 2 of result\.csv/)).toBeVisible()
    await page2.close()
    const tampered = join(scratchFolder, 'tampered.zip')
    await writeFile(tampered, zipSync({ ...files, 'result.csv': strToU8(changed) }))
    await answerOpenDialogs(app, tampered)
    await page.getByRole('button', { name: t.reviews.other }).click()
    await expect(page.getByText(t.reviews.fails)).toBeVisible({ timeout: 60_000 })
    await expect(page.getByTestId('checks')).toContainText(/Line 2 of result.csv/)
    await looks(page, 'reviews-tampered')

    // The states that may be asked about, at a hospital.
    await as(page, 'north-hospital/administrator', '#/network/snapshots')
    await expect(page.getByText(t.checks.snapshots.newest)).toBeVisible()
    await looks(page, 'snapshots')
  },
)
