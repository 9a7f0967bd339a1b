import { describe, expect, it } from 'vitest'
import { StatsFailure, type StatsFailureDetail } from '../failure.ts'
import { expectClose, loadFixture } from '../fixtures/fixture.test-kit.ts'
import { readCsvColumns } from './csv-columns.ts'
import { fitModel, type FitResult } from './fit-model.ts'
import { columnsOf } from './model-frame.ts'
import { ModelSpec, unknownOptions } from './model-spec.ts'

function fit(csv: string, raw: Record<string, unknown>): FitResult {
  const model = ModelSpec.parse(raw)
  return fitModel(readCsvColumns(new TextEncoder().encode(csv), columnsOf(model)), model)
}

function refusal(csv: string, raw: Record<string, unknown>): StatsFailureDetail {
  try {
    fit(csv, raw)
  } catch (error) {
    if (error instanceof StatsFailure) return error.detail
    throw error
  }
  throw new Error('it was not refused')
}

const codesOf = (result: FitResult): string[] => result.warnings.map((w) => w.code)
const SIX = ['t,d,x', '1,1,1', '1,0,1', '6,1,1', '6,1,0', '8,0,0', '9,1,0'].join('\n')
const EXACT_IN_R = {
  coef: 2.2928384992785436,
  concordance: 0.83783783783783783,
  std: 0.08030412360737364,
  zph: 0.046426727090507075,
}
const COX = { family: 'cox', stop: 't', event: 'd', covariates: ['x'] }

describe('fitModel from a CSV file', () => {
  it("fits Therneau and Grambsch's first test data to its closed form", () => {
    const result = fit(SIX, { ...COX, ties: 'breslow' })
    expect((result.coefficients as number[])[0]).toBeCloseTo(Math.log((3 + Math.sqrt(33)) / 2), 8)
    expect(result).toMatchObject({
      n: 6,
      events: 4,
      dropped: 0,
      converged: true,
      iterations: 4,
      naiveVariance: null,
    })
    expect(codesOf(result)).toEqual([])
  })

  it('gives the whole answer of R for a model with every option', () => {
    const { data: d, expected: e } = loadFixture('lung_strata_wint_cluster')
    const lines = ['stop,event,age,e1,e2,e3,sex,w,o,inst']
    for (let i = 0; i < d.n; i++) {
      lines.push(
        [
          d.stop[i],
          d.event[i],
          ...d.x_columns.map((c: number[]) => c[i]),
          d.strata[i],
          d.weights[i],
          d.offset[i],
          `hospital ${d.cluster[i]}`,
        ].join(','),
      )
    }
    const result = fit(lines.join('\r\n'), {
      family: 'cox',
      stop: 'stop',
      event: 'event',
      covariates: ['age', 'e1', 'e2', 'e3'],
      strata: 'sex',
      weights: 'w',
      offset: 'o',
      cluster: 'inst',
    })
    expectClose(result.coefficients as number[], e.coef, 'coefficients')
    expectClose((result.variance as number[][]).flat(), e.var, 'variance')
    expectClose((result.naiveVariance as number[][]).flat(), e.naive_var, 'naive variance')
    expectClose(result.logLikelihood as number[], e.loglik, 'log likelihood')
    expectClose(
      (result.zph as { chisq: number[] }).chisq,
      e.cox_zph.km_by_coefficient.chisq.slice(0, 4),
      'zph',
    )
    expectClose((result.concordance as { std: number }).std, e.concordance.std, 'concordance')
  })

  it('drops rows with a missing value and says how many, and how many subjects are lost', () => {
    const csv = 'id,t,d,x\na,1,1,1\nb,2,1,NA\nc,3,1,0\nd,4,0,1\ne,,1,1\nf,6,1,1\n'
    const result = fit(csv, { ...COX, id: 'id' })
    expect(result.dropped).toBe(2)
    expect(result.warnings).toContainEqual({ code: 'rows-dropped', count: 2, subjects: 2 })
  })

  it('makes treatment contrasts of a factor and names its columns', () => {
    const csv = `t,d,c\n${Array.from({ length: 30 }, (_, i) => `${(i * 7) % 31},${i % 4 === 0 ? 0 : 1},${['squamous', 'small', 'adeno'][i % 3]!}`).join('\n')}`
    const result = fit(csv, { ...COX, covariates: ['c'], factors: ['c'] })
    expect(result.names).toEqual(['csmall', 'csquamous'])
    expect((result.zph as { terms: string[]; df: number[] }).df).toEqual([2])
  })

  it('draws curves with a log-rank test', () => {
    const { data: d, expected: e } = loadFixture('km_aml')
    const csv = `t,d,g\n${(d.stop as number[]).map((t, i) => `${t},${d.event[i]},${d.group[i]}`).join('\n')}`
    const result = fit(csv, { family: 'km', stop: 't', event: 'd', strata: 'g' })
    const curves = result.curves as { stratum: string; estimate: number[] }[]
    expect(curves.map((c) => c.stratum)).toEqual(['1', '2'])
    expectClose(
      curves.flatMap((c) => c.estimate),
      e.km.surv,
      'survival',
    )
    expect((result.logRank as { chisq: number }).chisq).toBeCloseTo(e.survdiff_rho0.chisq, 9)
  })

  it('draws curves of a Cox model at given covariates and along a path of them', () => {
    const { data: d, expected: e } = loadFixture('lung_basic_efron')
    const names = d.x_names as string[]
    const rows = (d.stop as number[]).map((t, i) =>
      [t, d.event[i], ...d.x_columns.map((c: number[]) => c[i])].join(','),
    )
    const csv = [['t', 'd', ...names.map((_, j) => `x${j}`)].join(','), ...rows].join('\n')
    const covariatesOf = (x: number[]) => Object.fromEntries(x.map((v, j) => [`x${j}`, v]))
    const points = e.survfit_newdata.new_x as number[][]
    const model = { ...COX, covariates: names.map((_, j) => `x${j}`), confType: 'log-log' }
    const at = points.map((x, i) => ({ label: `point ${i}`, covariates: covariatesOf(x) }))
    const [x] = points
    const path = [
      { start: 0, stop: 300, covariates: covariatesOf(x!) },
      { start: 300, stop: 1e6, covariates: covariatesOf(x!) },
    ]
    const result = fit(csv, { ...model, at: [...at, { path }] })
    const curves = result.curves as { point: string; estimate: number[]; lower: number[]; upper: number[] }[]
    expect(curves.map((c) => c.point)).toEqual([...at.map((a) => a.label), String(points.length + 1)])
    const joined = (key: 'estimate' | 'lower' | 'upper'): number[] =>
      curves[0]!.estimate.flatMap((_, i) => points.map((_, k) => curves[k]![key][i]!))
    expectClose(joined('estimate'), e.survfit_newdata.surv, 'survival')
    expectClose(joined('lower'), e.survfit_newdata.lower, 'lower')
    expectClose(joined('upper'), e.survfit_newdata.upper, 'upper')
    expectClose(curves.at(-1)!.estimate, curves[0]!.estimate, 'a path that does not change')
    const open = { ...model, at: [{ covariates: { x0: 1 } }] }
    expect(refusal(csv, open)).toMatchObject({ code: 'bad-option', option: 'at', value: 'x1: missing' })
    expect(refusal(csv, { ...model, at: [{ covariates: { age: 1 } }] })).toEqual({
      code: 'unknown-column',
      column: 'age',
    })
  })

  it('tests exact ties too, with times that differ by rounding taken as one', () => {
    // R: coxph(Surv(t, d) ~ x, ties = "exact"), its concordance, cox.zph(transform = "identity")
    const t = [0.1 * 3, 0.3, 0.5, 0.6, 0.2 * 3, 0.9, 1.1, 1.2, 1.4, 1.5]
    const d = [1, 1, 1, 0, 1, 1, 1, 0, 1, 0]
    const x = [0.3, 1.2, 0.8, -0.4, 0.9, -0.2, 0.6, -0.7, 0.1, -1]
    const csv = `t,d,x\n${t.map((v, i) => `${v},${d[i]},${x[i]}`).join('\n')}`
    const result = fit(csv, { ...COX, ties: 'exact', zphTransform: 'identity' })
    expectClose(result.coefficients as number[], EXACT_IN_R.coef, 'coefficient')
    expectClose((result.concordance as { concordance: number }).concordance, EXACT_IN_R.concordance, 'C')
    expectClose((result.concordance as { std: number }).std, EXACT_IN_R.std, 'its error')
    expectClose((result.zph as { chisq: number[] }).chisq, [EXACT_IN_R.zph], 'zph')
  })

  it('gives limits of 0 at the end of a curve whose error is known to be 0', () => {
    // R: survfit(Surv(t, d) ~ 1, weights = w, conf.type = "plain"), fractional weights
    const result = fit('t,d,w\n1,1,1.5\n2,1,0.5\n3,1,2\n', {
      family: 'km',
      stop: 't',
      event: 'd',
      weights: 'w',
      confType: 'plain',
    })
    const [curve] = result.curves as { estimate: number[]; lower: number[]; upper: number[] }[]
    expect([curve!.estimate[2], curve!.lower[2], curve!.upper[2]]).toEqual([0, 0, 0])
  })

  it('fits the generalised linear models with an intercept', () => {
    const { data: d, expected: e } = loadFixture('glm_negbin_quine')
    const names = (d.x_names as string[]).slice(1)
    const csv = [
      ['y', ...names].join(','),
      ...(d.y as number[]).map((y, i) => [y, ...names.map((_, j) => d.x_columns[j + 1][i])].join(',')),
    ].join('\n')
    const result = fit(csv, { family: 'negbin', response: 'y', covariates: names })
    expectClose(result.coefficients as number[], e.coef, 'coefficients')
    expectClose(result.theta as number, e.theta, 'theta')
    expectClose(result.nullDeviance as number, e.null_deviance, 'null deviance')
    expectClose((result.logLikelihood as number[])[1]!, e.loglik, 'log likelihood')
  })
})

describe('bad input is named', () => {
  const wide = (rows: string[]): string => ['id,a,t,d,x,w', ...rows].join('\n')
  const interval = { family: 'cox', start: 'a', stop: 't', event: 'd', covariates: ['x'], id: 'id' }

  it('stop not after start, with the subject', () => {
    const csv = wide(['p1,0,5,1,1,1', 'p2,4,4,0,0,1', 'p3,0,3,1,0,1'])
    expect(refusal(csv, interval)).toEqual({ code: 'stop-not-after-start', row: 1, subject: 'p2', count: 1 })
  })
  it('an unknown column', () => {
    expect(refusal(SIX, { ...COX, covariates: ['weight'] })).toEqual({
      code: 'unknown-column',
      column: 'weight',
    })
  })
  it('text in numbers, with the row', () => {
    expect(refusal('t,d,x\n1,1,2\n2,1,high\n', COX)).toEqual({
      code: 'text-in-number',
      column: 'x',
      row: 1,
      text: 'high',
    })
  })
  it('NaN and infinities', () => {
    expect(refusal('t,d,x\n1,1,2\n2,1,NaN\n', COX)).toEqual({
      code: 'not-finite',
      column: 'x',
      row: 1,
      value: 'NaN',
    })
    expect(refusal('t,d,x\nInf,1,2\n2,1,1\n', COX)).toMatchObject({ code: 'not-finite', column: 't', row: 0 })
    expect(refusal('t,d,x\n1e999,1,2\n2,1,1\n', COX)).toMatchObject({
      code: 'not-finite',
      column: 't',
      row: 0,
    })
  })
  it('weights that are negative, zero or infinite', () => {
    const weighted = { ...interval, weights: 'w' }
    const rows = (w: string): string => wide(['p1,0,5,1,1,1', `p2,0,4,1,0,${w}`, 'p3,0,3,1,0,1'])
    expect(refusal(rows('-1'), weighted)).toEqual({ code: 'bad-weight', column: 'w', row: 1, value: '-1' })
    expect(refusal(rows('0'), weighted)).toMatchObject({ code: 'bad-weight', row: 1 })
    expect(refusal(rows('Inf'), weighted)).toMatchObject({ code: 'not-finite', column: 'w' })
  })
  it('no events, and events that are not 0 or 1', () => {
    expect(refusal('t,d,x\n1,0,2\n2,0,1\n', COX)).toEqual({ code: 'no-events', column: 'd' })
    expect(refusal('t,d,x\n1,2,2\n2,1,1\n', COX)).toEqual({
      code: 'bad-event',
      column: 'd',
      row: 0,
      value: '2',
    })
  })
  it('no complete row, a broken table', () => {
    expect(refusal('t,d,x\n1,1,\n', COX)).toEqual({ code: 'no-rows' })
    expect(refusal('t,d,x\n1,1\n', COX)).toEqual({ code: 'bad-table', row: 1, reason: 'too-few-fields' })
    expect(refusal('t,d,x\n1,1,1,1\n', COX)).toEqual({ code: 'bad-table', row: 1, reason: 'too-many-fields' })
    expect(refusal('t,d,t\n1,1,1\n', COX)).toMatchObject({ code: 'bad-table', row: 0 })
    expect(refusal('', COX)).toMatchObject({ code: 'bad-table' })
  })
  it('one covariate value is aliased and warned of', () => {
    const result = fit('t,d,x\n1,1,3\n2,1,3\n3,0,3\n', COX)
    expect(result.coefficients).toEqual([null])
    expect(result.aliased).toEqual(['x'])
    expect(codesOf(result)).toEqual(expect.arrayContaining(['constant-covariate', 'aliased-coefficient']))
  })
  it('covariates whose squares a computer cannot hold', () => {
    expect(refusal('t,d,x\n1,1,1e300\n2,1,-1e300\n3,0,1e200\n4,1,3\n', COX)).toEqual({
      code: 'numeric-overflow',
      where: 'x',
    })
  })
  it('more covariates than events', () => {
    const result = fit('t,d,x,y\n1,1,3,1\n2,0,5,2\n3,0,4,1\n4,0,1,7\n', { ...COX, covariates: ['x', 'y'] })
    expect(result.warnings).toContainEqual({ code: 'more-covariates-than-events', covariates: 2, events: 1 })
  })
  it('overlapping intervals of one subject, with the subject', () => {
    const csv = wide(['p1,0,5,0,1,1', 'p1,4,9,1,1,1', 'p2,0,4,1,0,1', 'p3,0,7,1,0,1'])
    expect(fit(csv, interval).warnings).toContainEqual({
      code: 'overlapping-intervals',
      subject: 'p1',
      row: 1,
      count: 1,
    })
  })
  it('separation, in Cox and in logistic models', () => {
    const rows = Array.from({ length: 20 }, (_, i) => `${i + 1},${i < 10 ? 1 : 0},${i < 10 ? 1 : 0}`)
    const csv = `t,d,x\n${rows.join('\n')}`
    expect(fit(csv, COX).infinite).toEqual(['x'])
    const logistic = fit(csv, { family: 'logistic', response: 'd', covariates: ['x'] })
    expect(logistic.infinite).toEqual(['x'])
    expect(codesOf(logistic)).toContain('separation')
  })
  it('a response outside its family', () => {
    expect(
      refusal('y,x\n1,1\n-2,2\n3,1\n', { family: 'poisson', response: 'y', covariates: ['x'] }),
    ).toMatchObject({ code: 'bad-response', row: 1 })
    expect(
      refusal('y,x\n1,1\n0,2\n3,1\n', { family: 'gamma', response: 'y', covariates: ['x'] }),
    ).toMatchObject({ code: 'bad-response', row: 1 })
  })
  it('strata in a model that has none, which would be ignored', () => {
    const text = 'y,x,g\n0,1,a\n1,2,a\n0,3,b\n1,1,b\n'
    const model = { family: 'logistic', response: 'y', covariates: ['x'] }
    expect(fit(text, model)).toMatchObject({ n: 4 })
    expect(refusal(text, { ...model, strata: 'g' })).toEqual({
      code: 'not-supported',
      what: 'strata in a model of family logistic',
    })
  })

  it('options that nobody knows', () => {
    expect(unknownOptions({ ...COX, tie: 'efron' })).toEqual(['tie'])
    expect(ModelSpec.safeParse({ family: 'weibull' }).success).toBe(false)
  })
})

describe('readCsvColumns', () => {
  const read = (text: string, names: string[]): number[][] => {
    const table = readCsvColumns(new TextEncoder().encode(text), names)
    return names.map((n) => Array.from(table.columns.get(n)!.numbers))
  }
  it('reads every way of writing a number to the same double', () => {
    const texts = [
      '1',
      '-0.5',
      '+2',
      '1e3',
      '.25',
      '0.1',
      '123456789.123456789',
      '9007199254740993',
      '1E-7',
      '"4.5"',
      ' 7 ',
    ]
    expect(read(`a,b\n${texts.map((t) => `${t},1`).join('\n')}`, ['a'])[0]).toEqual([
      1, -0.5, 2, 1000, 0.25, 0.1, 123456789.123456789, 9007199254740992, 1e-7, 4.5, 7,
    ])
  })
  it('handles quotes, CRLF, a byte order mark, blank lines and text beyond ASCII', () => {
    const table = readCsvColumns(
      new TextEncoder().encode('\ufeff"a ""x""",b\r\n"1","台北, \n區"\r\n\r\n2,é\r\n'),
      ['a "x"', 'b'],
    )
    expect(table.rowCount).toBe(2)
    expect([...table.columns.get('b')!.texts.values()]).toEqual(['台北, \n區', 'é'])
  })
})
