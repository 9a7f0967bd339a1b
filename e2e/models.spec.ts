/** Models in the real application: the numbers of the command line, byte for byte, and a window for every answer. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { answerOpenDialogs, answerSaveDialogs, expect, root, test } from './fixtures.ts'
import { bringAxe, seriousFindings } from './pages/axe.ts'
import { deskOf, found, goTo } from './pages/desk.ts'
import { ALL_LOOKS, arePicturesKept, inEachLook, inLook, keepPicture, LOOKS } from './pages/pictures.ts'

/** A table with intervals, ties, groups, counts and amounts, from a rule, so that it is the same everywhere. */
function exampleTable(rows: number): string {
  const lines = ['id,a,t,d,k,x,z,g,w,o,y,c']
  for (let i = 0; i < rows; i++) {
    const r = (i * 7919 + 13) % 1009
    const x = ((r % 97) - 48) / 16
    const z = r % 2
    const start = i % 3 === 2 ? 0 : r % 11
    const stop = start + 1 + ((r * 31) % 53)
    const event = (r * 17) % 100 < 35 + 8 * x ? 1 : 0
    const kind = event === 1 && r % 3 === 0 ? 2 : event
    const cost = (1 + (r % 7)) * (z === 1 ? 1.75 : 1)
    const label = ['north', 'south', 'east'][r % 3]!
    lines.push(
      [`p${i >> 1}`, start, stop, event, kind, x, z, label, 1 + (r % 4) / 2, (r % 5) / 10, r % 6, cost].join(
        ',',
      ),
    )
  }
  return `${lines.join('\n')}\n`
}

const survival = { start: 'a', stop: 't', event: 'd', covariates: ['x', 'z'] }
const models: Record<string, unknown>[] = [
  { family: 'cox', ...survival, covariates: ['x', 'z', 'g'], factors: ['g'], cluster: 'id' },
  { family: 'cox', ...survival, weights: 'w', offset: 'o', strata: 'g', ties: 'breslow' },
  { family: 'cox', stop: 't', event: 'd', covariates: ['x', 'z'], ties: 'exact' },
  { family: 'km', stop: 't', event: 'd', strata: 'g', confType: 'arcsin' },
  { family: 'aj', stop: 't', event: 'k', strata: 'z' },
  { family: 'finegray', stop: 't', event: 'k', covariates: ['x', 'z'] },
  { family: 'ridge', ...survival, theta: 1 },
  { family: 'elasticnet', stop: 't', event: 'd', covariates: ['x', 'z'], lambda: [0.1, 0.01], alpha: 0.5 },
  { family: 'logistic', response: 'd', covariates: ['x', 'z'], cluster: 'id' },
  { family: 'cloglog', response: 'd', covariates: ['x', 'z'] },
  { family: 'poisson', response: 'y', covariates: ['x', 'z'], offset: 'o' },
  { family: 'quasipoisson', response: 'y', covariates: ['x', 'z'] },
  { family: 'negbin', response: 'y', covariates: ['x', 'z'] },
  { family: 'gamma', response: 'c', covariates: ['x', 'z'] },
  { family: 'tweedie', response: 'y', covariates: ['x', 'z'] },
]

/** Starts a fit as the page does and waits for its job. */
async function fitInWindow(page: Page, path: string, model: Record<string, unknown>): Promise<string> {
  return page.evaluate(
    async ([table, wanted]) => {
      const { models, jobs } = window.consilium
      const started = await models.start({ path: table, model: wanted })
      const { jobId } = (started.ok ? started.value : {}) as { jobId?: string }
      if (jobId === undefined) return JSON.stringify(started)
      for (;;) {
        const list = await jobs.list()
        const all = (list.ok ? list.value : []) as { jobId: string; state: string; error?: unknown }[]
        const job = all.find((each) => each.jobId === jobId)
        if (job?.state === 'failed') return JSON.stringify(job.error)
        if (job?.state === 'done') break
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      const result = await models.result({ jobId })
      return result.ok ? (result.value as { line: string }).line : JSON.stringify(result)
    },
    [path, model] as const,
  )
}

test(
  'every kind of model gives the bytes of the command line on Node in the application too',
  { tag: '@long' },
  async ({ launch }) => {
    test.setTimeout(240_000)
    const consilium = await launch()
    const { page } = consilium
    await found(deskOf(consilium, 'en'), { hospital: 'St. Raphael', person: 'Lin' }, 'later')
    const table = join(consilium.scratchFolder, 'rows.csv')
    writeFileSync(table, exampleTable(900))
    for (const model of models) {
      const file = join(consilium.scratchFolder, 'model.json')
      writeFileSync(file, JSON.stringify(model))
      const command = [join(root, 'bin/consilium.mjs'), 'fit', '--data', table, '--model', file]
      // A separate Node: the one that runs the tests, not the application's.
      const printed = execFileSync(process.execPath, command, {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      expect(await fitInWindow(page, table, model), String(model.family)).toBe(
        printed.trim().split('\n').pop(),
      )
    }
  },
)

test('a researcher chooses a table, says a model, reads the result, saves it, and mends what was refused', async ({
  launch,
}) => {
  test.setTimeout(180_000)
  const consilium = await launch()
  const { page, app, scratchFolder } = consilium
  const desk = deskOf(consilium, 'en')
  const t = desk.t.models
  await found(desk, { hospital: 'St. Raphael', person: 'Lin' }, 'later')
  await goTo(desk, 'models')
  const table = join(scratchFolder, 'rows.csv')
  writeFileSync(table, exampleTable(600))
  await answerOpenDialogs(app, table)
  await page.getByRole('button', { name: t.chooseTable }).click()
  await expect(page.getByText(t.tableFacts('600', '12', '')).or(page.getByText('600 rows'))).toBeVisible()
  await expect(page.getByRole('button', { name: t.fit, exact: true })).toBeDisabled()

  // An event column that is none: refused by row, in words; nothing is lost.
  await page.getByLabel(t.fields.start).selectOption('a')
  await page.getByLabel(t.fields.stop).selectOption('t')
  await page.getByLabel(t.fields.event).selectOption('k')
  await page.getByRole('checkbox', { name: 'x', exact: true }).check()
  await page.getByRole('checkbox', { name: 'g', exact: true }).check()
  await page.getByRole('button', { name: t.fit, exact: true }).click()
  await expect(page.getByRole('alert')).toContainText('“k” is no kind of event in row')
  await page.getByRole('button', { name: t.again }).click()
  await page.getByLabel(t.fields.event).selectOption('d')
  await page.getByLabel(t.fields.id).selectOption('id')
  await page.getByRole('button', { name: t.fit, exact: true }).click()
  const coefficients = page.getByRole('table', { name: t.coefficients })
  await expect(coefficients).toBeVisible({ timeout: 30_000 })
  await expect(coefficients).toContainText(t.ratios.hazard)
  await expect(coefficients.getByRole('row')).toHaveCount(4)
  await expect(page.getByText(/Intervals of one subject overlap/)).toBeVisible()
  const saved = join(scratchFolder, 'result.json')
  await answerSaveDialogs(app, saved)
  await page.getByRole('button', { name: t.save }).click()
  await expect(page.getByText(t.saved(saved))).toBeVisible()
  const result = JSON.parse(readFileSync(saved, 'utf8')) as { names: string[]; coefficients: number[] }
  expect(result.names).toEqual(['x', 'gnorth', 'gsouth'])

  // The fit beside its own data: pictures with descriptions, their numbers, and a way out that says whose they are.
  const diagnostics = page.getByTestId('diagnostics')
  const { change, influence, calibration, term } = t.diagnose
  await expect(diagnostics.getByRole('img', { name: /^Effect of x over time/ })).toBeVisible()
  await expect(diagnostics.getByRole('img', { name: /^Influence on each coefficient: x / })).toBeVisible()
  await expect(diagnostics.getByRole('img', { name: /^Observed against expected events/ })).toBeVisible()
  await diagnostics.getByLabel(term).selectOption('g')
  await expect(diagnostics.getByRole('table', { name: change.of('g') })).toContainText(change.events)
  for (const { title } of [influence, calibration])
    await expect(diagnostics.getByRole('table', { name: title })).toBeVisible()
  const csv = join(scratchFolder, 'calibration.csv')
  await answerSaveDialogs(app, csv)
  const { release, releaseAs, releaseOf, released } = desk.t.question
  await diagnostics
    .getByRole('button', { name: `${releaseOf.table}: ${t.result} ${calibration.title}` })
    .click()
  await page.getByRole('menuitem', { name: releaseAs.csv }).click()
  await expect(page.getByText(released(csv))).toBeVisible()
  expect(readFileSync(csv, 'utf8')).toMatch(
    /Observed \/ expected[\s\S]*# Of a table that a person brought along/,
  )
  await bringAxe(page)
  await inEachLook(
    page,
    async (look) => {
      expect(await seriousFindings(page)).toEqual([])
      if (!arePicturesKept) return
      for (const [i, part] of (await diagnostics.getByRole('figure').all()).entries()) {
        await part.scrollIntoViewIfNeeded()
        await keepPicture(page, inLook(`models-diagnostics-${i}`, look))
      }
    },
    arePicturesKept ? ALL_LOOKS : LOOKS,
  )

  // A model file fills the form; curves are drawn and listed.
  await page.getByRole('button', { name: t.again }).click()
  const file = join(scratchFolder, 'km.json')
  writeFileSync(file, JSON.stringify({ family: 'km', stop: 't', event: 'd', strata: 'g' }))
  await answerOpenDialogs(app, file)
  await page.getByRole('button', { name: t.chooseModel }).click()
  await expect(page.getByLabel(t.fields.groups, { exact: true })).toHaveValue('g')
  await page.getByRole('button', { name: t.fit, exact: true }).click()
  await expect(page.getByRole('img', { name: t.curve.picture('east, north, south') })).toBeVisible()
  await expect(page.getByRole('grid', { name: t.curve.points })).toBeVisible()

  // The comparison of estimators on simulated cohorts: a picture and a table of each scenario, marked as nobody's.
  const simulation = page.getByTestId('simulation')
  const { fields, run, which, axis, figure, scenario, table: tableOf } = t.simulation
  for (const [name, value] of Object.entries({
    subjects: '80',
    exams: '3',
    replicates: '3',
    shapes: '1',
    eventRates: '0.4, 0.6',
  }))
    await simulation.getByLabel((fields as Record<string, string>)[name]!).fill(value)
  await simulation.getByRole('button', { name: run }).click()
  await expect(simulation.getByLabel(which)).toBeVisible({ timeout: 30_000 })
  await simulation.getByLabel(which).selectOption('1')
  const name = scenario('1', '60%')
  await expect(simulation.getByRole('img', { name: /^Bias of each estimator/ })).toContainText(axis)
  await expect(simulation.getByRole('table', { name: tableOf(name) }).getByRole('row')).toHaveCount(1 + 7 * 4)
  const bias = join(scratchFolder, 'bias.svg')
  await answerSaveDialogs(app, bias)
  await simulation.getByRole('button', { name: `${release}: ${figure(name)}` }).click()
  await page.getByRole('menuitem', { name: releaseAs.svg }).click()
  await expect(page.getByText(released(bias))).toBeVisible()
  expect(readFileSync(bias, 'utf8')).toMatch(/<metadata>Simulated data: cohorts made by a rule/)
  await inEachLook(page, async (look) => {
    await simulation.locator('figure').scrollIntoViewIfNeeded()
    expect(await seriousFindings(page)).toEqual([])
    await keepPicture(page, inLook('models-simulation', look))
    await simulation.getByRole('table').scrollIntoViewIfNeeded()
    await keepPicture(page, inLook('models-simulation-table', look))
  })
})
