/** What is said of a fit beside its data, against R (`fixtures/r/diagnostics.R`), and that none of it is of fewer than eleven subjects. */
import { describe, expect, it } from 'vitest'
import { expectClose, type Fixture, loadFixture } from '../fixtures/fixture.test-kit.ts'
import { subjectDfbetas } from '../survival/cox-residuals.ts'
import { coxZph, type ZphTransform } from '../survival/cox-zph.ts'
import { type CoxModel, fitCox } from '../survival/cox.ts'
import { smoothResiduals } from '../survival/residual-smooth.ts'
import { readCsvColumns } from './csv-columns.ts'
import { fitModel } from './fit-model.ts'
import { ModelSpec } from './model-spec.ts'

const { data, expected } = loadFixture('diagnostics')
const TRANSFORMS: readonly ZphTransform[] = ['km', 'rank', 'identity', 'log']

const floats = (values: number[]): Float64Array => Float64Array.from(values)
function coxOf(d: Fixture, names: readonly string[], more: Record<string, Int32Array> = {}): CoxModel {
  return fitCox({
    start: d.start ? floats(d.start) : null,
    stop: floats(d.stop ?? d.time),
    event: Uint8Array.from((d.event ?? d.died) as number[]),
    x: names.map((name) => floats(d[name])),
    names: [...names],
    strata: null,
    weights: null,
    offset: null,
    cluster: null,
    id: null,
    ...more,
  })
}
const codesOf = (labels: number[]): Int32Array => Int32Array.from(labels, (label) => label - 1)

const lung = coxOf(data.lung, ['age', 'karno', 'female'])
const ids = [...new Set(data.cgd.id as number[])].sort((a, b) => a - b)
const idCodes = Int32Array.from(data.cgd.id as number[], (id) => ids.indexOf(id))
const cgd = coxOf(data.cgd, ['rifn', 'xl', 'age'], { cluster: idCodes })
const veteran = coxOf(data.veteran, ['treated', 'karno'], { strata: codesOf(data.veteran.cell) })

describe('the smooth of scaled Schoenfeld residuals is the one of plot.cox.zph', () => {
  it.each([
    ['once', lung, expected.lung],
    ['(start, stop], with clusters', cgd, expected.cgd],
    ['strata, one of which cannot tell', veteran, expected.veteran],
  ])('%s', (_, model, e) => {
    for (const transform of TRANSFORMS) {
      const zph = coxZph(model, transform)
      const width = zph.rows.length
      const { at, line, error } = e.smooth[transform] as { at: number[]; line: number[][]; error: number[][] }
      for (let term = 0; term < width; term++) {
        const kept = Array.from(zph.x, (_x, t) => t).filter((t) => !Number.isNaN(zph.y[t * width + term]!))
        const pick = (value: (t: number) => number) => Float64Array.from(kept, value)
        const smooth = smoothResiduals(
          zph.x,
          pick((t) => zph.x[t]!),
          pick((t) => zph.y[t * width + term]!),
          floats(at),
        )!
        const scale = Math.sqrt(zph.variance[term * width + term]!)
        expectClose(smooth.estimate, line[term], `${transform}: line`)
        expectClose(
          smooth.unitError.map((each) => each * scale),
          error[term],
          `${transform}: error`,
        )
      }
    }
  })

  it('is none where events are too few or at too few times', () => {
    const four = Float64Array.of(0, 1, 2, 3)
    expect(smoothResiduals(four.subarray(0, 3), four.subarray(0, 3), four.subarray(0, 3), four)).toBeNull()
    const same = new Float64Array(20).fill(2)
    expect(smoothResiduals(same, same, same, four)).toBeNull()
    const two = Float64Array.from({ length: 20 }, (_, i) => i % 2)
    expect(smoothResiduals(two, two, two, four)).toBeNull()
  })
})

describe('influence', () => {
  it('is that of whole subjects', () => {
    const columnsOf = (model: CoxModel, codes: Int32Array | null, count: number): number[][] => {
      const { values, columns } = subjectDfbetas(model, codes, count)
      return Array.from({ length: columns }, (_, j) =>
        Array.from({ length: count }, (_i, i) => values[i * columns + j]!),
      )
    }
    expectClose(columnsOf(lung, null, data.lung.time.length).flat(), expected.lung.dfbetas, 'rows')
    expectClose(columnsOf(cgd, idCodes, ids.length).flat(), expected.cgd.dfbetas, 'subjects')
  })
})

function csvOf(d: Fixture): string {
  const names = Object.keys(d)
  const lines = (d[names[0]!] as number[]).map((_, i) => names.map((name) => d[name][i] as number).join(','))
  return [names.join(','), ...lines].join('\n')
}
interface Diagnostics {
  of: string
  proportional: {
    transform: string
    terms: {
      name: string
      fitted: number
      at: number[]
      time: number[]
      estimate: number[]
      lower: number[]
      upper: number[]
      bins: Record<'events' | 'at' | 'time' | 'mean' | 'estimate' | 'lower' | 'upper', number[]>
    }[]
  } | null
  influence: {
    count: number
    threshold: number
    terms: {
      name: string
      bins: { from: number; to: number | null; subjects: number }[]
      largestMean: number | null
      withoutUpper: number | null
      withoutLower: number | null
    }[]
  } | null
  calibration: { groups: Record<string, number>[] } | null
}
function diagnosticsOf(csv: string, raw: Record<string, unknown>): Diagnostics {
  const table = readCsvColumns(new TextEncoder().encode(csv), 'all')
  return fitModel(table, ModelSpec.parse(raw))['diagnostics'] as Diagnostics
}
const LUNG = { family: 'cox', stop: 'time', event: 'died', covariates: ['age', 'karno', 'female'] }
const CGD = {
  family: 'cox',
  start: 'start',
  stop: 'stop',
  event: 'event',
  covariates: ['rifn', 'xl', 'age'],
  cluster: 'id',
  id: 'id',
}

describe('calibration by tenths of predicted risk', () => {
  const groupsOf = ({ calibration }: Diagnostics): number[][] => {
    const keys = ['subjects', 'rows', 'observed', 'expected', 'ratio', 'lower', 'upper']
    return keys.map((key) => calibration!.groups.map((group) => group[key]!))
  }
  it.each([
    ['of a Cox model', csvOf(data.lung), LUNG, expected.lung.calibration],
    ['of rows of one person each counted as one', csvOf(data.cgd), CGD, expected.cgd.calibration],
    [
      'of trials',
      csvOf(data.lung),
      { family: 'logistic', response: 'died', covariates: LUNG.covariates },
      expected.lung.logistic,
    ],
    [
      'of rates',
      csvOf(data.cgd),
      { family: 'poisson', response: 'event', covariates: CGD.covariates, offset: 'log_days', id: 'id' },
      expected.cgd.poisson,
    ],
  ])('%s', (_, csv, model, wanted) => {
    const groups = groupsOf(diagnosticsOf(csv, model))
    for (const [k, each] of groups.entries()) expectClose(each, (wanted as number[][])[k], `row ${k}`, 1e-7)
  })

  it('is not said of weighted rows, whose sums are no counts', () => {
    const weighted = csvOf({ ...data.lung, w: (data.lung.time as number[]).map((_, i) => 1 + (i % 2)) })
    expect(diagnosticsOf(weighted, { ...LUNG, weights: 'w' }).calibration).toBeNull()
  })
})

describe('nothing is of fewer than eleven subjects', () => {
  const csv = csvOf(data.cgd)
  const { proportional, influence, calibration, of } = diagnosticsOf(csv, CGD)

  it('counts subjects, not rows', () => {
    expect(of).toBe('subject')
    expect(influence!.count).toBe(ids.length)
    for (const { subjects } of calibration!.groups) expect(subjects).toBeGreaterThanOrEqual(11)
    for (const { bins } of influence!.terms) {
      expect(bins.reduce((sum, { subjects }) => sum + subjects, 0)).toBe(ids.length)
      for (const { subjects } of bins) expect(subjects).toBeGreaterThanOrEqual(11)
    }
  })

  it('has means of events of at least eleven subjects along time, and no day of one of them', () => {
    const eventDays = new Set((data.cgd.stop as number[]).filter((_, i) => data.cgd.event[i] === 1))
    expect(proportional!.terms).toHaveLength(3)
    for (const { bins, time, at } of proportional!.terms) {
      expect(bins.events.reduce((sum, each) => sum + each, 0)).toBe(76)
      for (const events of bins.events) expect(events).toBeGreaterThanOrEqual(11)
      expect(at).toHaveLength(20)
      for (const day of [...time, ...bins.time]) expect(eventDays.has(day)).toBe(false)
      expect(time.every((day, i) => i === 0 || day > time[i - 1]!)).toBe(true)
    }
  })

  it('says no average that one subject is nearly all of', () => {
    // One row with a covariate far out pulls the coefficient almost alone.
    const rows = Array.from({ length: 60 }, (_, i) => ({ t: 1 + ((i * 37) % 60), d: 1, x: (i * 7) % 5 }))
    rows[13]!.x = 400
    const table = ['t,d,x', ...rows.map(({ t, d, x }) => `${t},${d},${x}`)].join('\n')
    const [term] = diagnosticsOf(table, { family: 'cox', stop: 't', event: 'd', covariates: ['x'] })
      .influence!.terms
    expect(term!.largestMean).toBeNull()
    const [plain] = diagnosticsOf(csvOf(data.lung), LUNG).influence!.terms
    expect(plain!.largestMean).toBeGreaterThan(0)
    expect(plain!.withoutUpper).toBeLessThan(plain!.withoutLower!)
  })

  it('says nothing of few', () => {
    const few = csvOf(data.lung).split('\n').slice(0, 21).join('\n')
    expect(diagnosticsOf(few, LUNG)).toMatchObject({
      of: 'row',
      proportional: null,
      influence: null,
      calibration: null,
    })
  })

  it('has no influence where ties are exact, for which there are no score residuals', () => {
    const { influence, proportional, calibration } = diagnosticsOf(csvOf(data.lung), {
      ...LUNG,
      ties: 'exact',
    })
    expect(influence).toBeNull()
    expect(proportional!.terms).toHaveLength(3)
    expect(calibration).not.toBeNull()
  })

  it('is not reckoned where only estimates go out', () => {
    const table = readCsvColumns(new TextEncoder().encode(csv), 'all')
    const result = fitModel(table, ModelSpec.parse(CGD), { withoutDiagnostics: true })
    expect(result).not.toHaveProperty('diagnostics')
    const { diagnostics: _, ...rest } = fitModel(table, ModelSpec.parse(CGD))
    expect(JSON.stringify(rest)).toBe(JSON.stringify(result))
  })
})
