/** Rates in a study: what it says is what `fit` says of the rows taken out, and what R says of them; and what no gateway is given. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtInStudy } from '../../../shared/domain/built-in-studies.ts'
import { problemsOfStudy, type StudyModel } from '../../../shared/domain/study.ts'
import { utf8Encode } from '../../../shared/std/bytes.ts'
import { readCsvColumns } from '../../stats/model/csv-columns.ts'
import { fitModel } from '../../stats/model/fit-model.ts'
import { ModelSpec } from '../../stats/model/model-spec.ts'
import { runOf } from '../facts/fact-columns.ts'
import { syntheticFacts } from '../facts/facts.test-kit.ts'
import { openWarehouse, type Warehouse } from '../warehouse/warehouse.ts'
import { intervalsOut } from './intervals-out.ts'
import type { AskedStudy, PinnedStudy } from './prepare-study.ts'
import { resultText } from './result-text.ts'
import { runStudy, STUDY_ENGINE } from './run-study.ts'

const control = { hooks: {}, isCancelled: () => false }
const risk = builtInStudy('cleaning', {
  study: 'Risk',
  cohort: 'Everybody',
  diabetes: 'diabetes',
  cardiovascular: 'cardiovascular',
  models: ['1', '2', '3', '4', '5', '6'],
})
const rates = (change: Partial<StudyModel>): StudyModel => ({
  ...risk.models[0]!,
  family: 'poisson',
  covariates: ['age', 'sex'],
  factors: ['sex'],
  strata: [],
  curvesOf: null,
  isClusteredByPerson: false,
  ...change,
})

let warehouse: Warehouse
let upTo = 0
beforeAll(async () => {
  const facts = syntheticFacts(600, 'rates')
  upTo = facts.length - 1
  warehouse = await openWarehouse({ threads: 1, memoryMb: 512 })
  await warehouse.load(runOf(0, upTo, facts))
}, 120_000)
afterAll(() => warehouse.close())

function asked(models: readonly StudyModel[]): AskedStudy {
  const study: PinnedStudy = {
    ...risk,
    models: [...models],
    snapshot: { chain: '00'.repeat(32), upTo, height: 0, hospitals: ['H1', 'H2', 'H3', 'H4', 'H5'] },
    engine: STUDY_ENGINE,
  }
  expect(problemsOfStudy(study)).toEqual([])
  return { study, hash: 'x', samePerson: [] }
}

interface Fit {
  readonly names: string[]
  readonly coefficients: number[]
  readonly stdErr: number[]
  readonly n: number
  readonly events: number
  readonly theta?: number
  readonly warnings: { code: string }[]
  readonly diagnostics?: { of: string; calibration: object | null }
}

describe('rates on the intervals of a study', () => {
  it('are fitted with the logarithm of the days at risk as offset, as `fit` and R fit the rows taken out', async () => {
    const question = asked([
      rates({}),
      rates({ isClusteredByPerson: true }),
      rates({ family: 'negbin' }),
      rates({ family: 'cox', ties: 'breslow' }),
    ])
    const ran = await runStudy(warehouse, question, control)
    const { models } = JSON.parse(ran.text) as {
      models: { before: { rows: number; events: number }; result: Fit }[]
    }
    const [plain, clustered, spread] = models.map(({ result }) => result)
    expect(plain!.names).toEqual(['(Intercept)', 'age', 'sexmale'])
    expect(plain).toMatchObject({ n: models[0]!.before.rows, events: models[0]!.before.events })
    expect(plain!.diagnostics!.of).toBe('subject')
    expect(spread!.theta).toBeGreaterThan(0)

    const out = await intervalsOut(warehouse, question, control)
    expect(out.csv.split('\n')[0]).toMatch(/,logTime$/)
    const table = readCsvColumns(utf8Encode(out.csv), 'all')
    for (const [m, { spec, isOfWhole }] of out.models.entries()) {
      expect(isOfWhole).toBe(false)
      const again = fitModel(table, ModelSpec.parse(JSON.parse(JSON.stringify(spec))))
      expect(resultText(again)).toBe(resultText(models[m]!.result))
    }

    const inR = ratesInR(out.csv)
    if (inR === null)
      return console.log('R or its package MASS is not installed here: rates were not held against it')
    const near = (values: readonly number[], wanted: readonly number[], within = 1e-8) =>
      wanted.forEach((value, j) => expect(Math.abs(values[j]! / value - 1)).toBeLessThan(within))
    near([...plain!.coefficients, ...plain!.stdErr], inR.plain)
    near(clustered!.stdErr, inR.clustered)
    // The likelihood is flat around its theta: no search finds more digits of it.
    near([...spread!.coefficients, spread!.theta!], inR.spread, 1e-4)
  }, 240_000)

  it('take no column to the table of a study without them', async () => {
    const out = await intervalsOut(warehouse, asked([rates({ family: 'cox' })]), control)
    expect(out.csv).not.toContain('logTime')
  }, 120_000)

  it('have no strata', () => {
    const withStrata = { ...risk, models: [rates({ strata: ['sex'], covariates: ['age'], factors: [] })] }
    expect(problemsOfStudy(withStrata).map(({ kind }) => kind)).toEqual(['strata-not-possible'])
  })
})

const WITHOUT_MASS = 3
/** Coefficients and errors of `glm`, errors by the sandwich of whole persons, and those of the theta of the highest likelihood; null where R is not installed, or without MASS. */
function ratesInR(csv: string): { plain: number[]; clustered: number[]; spread: number[] } | null {
  const folder = mkdtempSync(join(tmpdir(), 'consilium-rates-'))
  try {
    writeFileSync(join(folder, 'rows.csv'), csv)
    writeFileSync(
      join(folder, 'fit.R'),
      `if (!requireNamespace("MASS", quietly = TRUE)) quit(status = ${WITHOUT_MASS})
d <- na.omit(read.csv("${join(folder, 'rows.csv')}")[, c("id", "start", "stop", "event", "age", "sex")])
fit <- glm(event ~ age + sex + offset(log(stop - start)), family = poisson(), data = d, control = glm.control(1e-14, 100))
x <- model.matrix(fit)
meat <- crossprod(rowsum(x * (d$event - fitted(fit)), d$id))
bread <- summary(fit)$cov.unscaled
spread <- function(theta) glm(event ~ age + sex + offset(log(stop - start)), family = MASS::negative.binomial(theta), data = d, control = glm.control(1e-14, 100))
profile <- function(log_theta) sum(dnbinom(d$event, size = exp(log_theta), mu = fitted(spread(exp(log_theta))), log = TRUE))
theta <- exp(optimize(profile, c(-6, 6), maximum = TRUE, tol = 1e-7)$maximum)
cat(sprintf("%.17g", c(coef(fit), sqrt(diag(vcov(fit))), sqrt(diag(bread %*% meat %*% bread)), coef(spread(theta)), theta)))`,
    )
    const said = execFileSync('Rscript', [join(folder, 'fit.R')], { encoding: 'utf8' })
    const numbers = said.trim().split(' ').map(Number)
    return { plain: numbers.slice(0, 6), clustered: numbers.slice(6, 9), spread: numbers.slice(9) }
  } catch (error) {
    const { code, status } = error as NodeJS.ErrnoException & { status?: number }
    if (code === 'ENOENT' || status === WITHOUT_MASS) return null
    throw error
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
