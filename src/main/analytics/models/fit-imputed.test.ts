/** Models on filled-in rows: they recover what they were made with, and combine as Rubin's rules say. */
import { describe, expect, it } from 'vitest'
import type { StudyModel } from '../../../shared/domain/study.ts'
import { streamOf } from '../../generator/random.ts'
import type { FitResult } from '../../stats/model/fit-model.ts'
import { fitModel } from '../../stats/model/fit-model.ts'
import {
  columnsOfRows,
  derivedColumns,
  rowsFor,
  type IntervalRows,
  type TableColumn,
} from '../intervals/interval-table.ts'
import { resultText } from '../study/result-text.ts'
import { fitImputed, type ImputationRecord } from './fit-imputed.ts'
import { specOf } from './study-spec.ts'

const TRUTH = { treated: -0.6, marker: 0.5, groupnorth: 0.4, groupwest: 0.8 }

const model: StudyModel = {
  title: 'M',
  family: 'cox',
  covariates: ['treated', 'marker', 'group'],
  factors: ['group'],
  splines: [],
  interactions: [],
  strata: [],
  isClusteredByPerson: false,
  ties: 'efron',
  confidencePercent: 95,
  curvesOf: null,
  imputation: { sets: 5, rounds: 5, donors: 5 },
}

/**
 * Two pieces of time of each person who is not over before. `marker` changes between them, `group` stays the same; markers of the treated
 * who have the event are mostly missing, and groups of whoever lives long.
 */
function cohort(persons: number, seed: string): { whole: IntervalRows; gaps: IntervalRows } {
  const dice = streamOf(seed, 0, 'made')
  const rows: {
    id: number
    start: number
    stop: number
    event: number
    treated: number
    marker: number
    group: number
    noMarker: boolean
    noGroup: boolean
  }[] = []
  for (let id = 0; id < persons; id++) {
    const treated = Number(dice.chance(0.5))
    const group = dice.integer(0, 2)
    const level = dice.normal()
    const at = rows.length
    for (let piece = 0; piece < 2; piece++) {
      const marker = level + 0.4 * piece + 0.3 * dice.normal()
      const risk = Math.exp(TRUTH.treated * treated + TRUTH.marker * marker + 0.4 * group)
      const waits = Math.ceil((dice.exponential(900) / risk) * 10) / 10
      const event = Number(waits <= 365)
      const [start, stop] = [365 * piece, 365 * piece + Math.min(waits, 365)]
      const noMarker = dice.chance(event === 1 && treated === 1 ? 0.7 : 0.15)
      rows.push({ id, start, stop, event, treated, marker, group, noMarker, noGroup: false })
      if (event === 1) break
    }
    const lives = rows.at(-1)!.event === 0
    const noGroup = dice.chance(lives ? 0.4 : 0.1)
    for (let row = at; row < rows.length; row++) rows[row]!.noGroup = noGroup
  }
  const number = (values: readonly number[]): TableColumn => ({
    kind: 'number',
    values: Float64Array.from(values),
  })
  const tableOf = (hasGaps: boolean): IntervalRows => ({
    rowCount: rows.length,
    id: Int32Array.from(rows, ({ id }) => id),
    start: Float64Array.from(rows, ({ start }) => start),
    stop: Float64Array.from(rows, ({ stop }) => stop),
    event: Uint8Array.from(rows, ({ event }) => event),
    status: Uint8Array.from(rows, ({ event }) => event),
    isWhole: new Uint8Array(rows.length).fill(1),
    visits: { before: new Int32Array(rows.length), inAll: new Int32Array(rows.length) },
    columns: new Map<string, TableColumn>([
      ['treated', number(rows.map(({ treated }) => treated))],
      ['marker', number(rows.map(({ marker, noMarker }) => (hasGaps && noMarker ? NaN : marker)))],
      [
        'group',
        {
          kind: 'label',
          codes: Int32Array.from(rows, ({ group, noGroup }) => (hasGaps && noGroup ? -1 : group)),
          labels: ['east', 'north', 'west'],
        },
      ],
    ]),
  })
  return { whole: tableOf(false), gaps: tableOf(true) }
}

const fixed = new Set(['treated', 'group'])

function imputed(rows: IntervalRows, change: Partial<StudyModel> = {}, seed = '1') {
  const asked = { ...model, ...change }
  const of = rowsFor(asked.family, rows)
  const table = columnsOfRows(of, derivedColumns(asked))
  const filling = { settings: asked.imputation!, seed, fixed }
  return fitImputed(
    { model: asked, spec: specOf(asked, rows), rows: of, table },
    filling,
    {},
  ) as FitResult & {
    names: string[]
    coefficients: number[]
    stdErr: number[]
    variance: number[][]
    imputation: ImputationRecord
  }
}

describe('fitImputed', () => {
  const { whole, gaps } = cohort(900, 'a')

  it('recovers effects that rows without gaps give wrongly', () => {
    const { names, coefficients, stdErr, imputation } = imputed(gaps)
    const complete = imputation.complete as { coefficients: number[]; stdErr: number[] }
    for (const [j, name] of names.entries()) {
      const truth = TRUTH[name as keyof typeof TRUTH]
      expect([name, Math.abs(coefficients[j]! - truth) < 2.5 * stdErr[j]!]).toEqual([name, true])
    }
    // Treated people with the event are missing: without their rows the treatment looks far better than it is.
    expect((TRUTH.treated - complete.coefficients[0]!) / complete.stdErr[0]!).toBeGreaterThan(3)
  })

  it('knows how time ended: without event and hazard among what predicts, effects would shrink', () => {
    const dice = streamOf('g', 0, 'gaps')
    const columns = new Map(whole.columns)
    const { values } = whole.columns.get('marker') as { values: Float64Array }
    columns.set('marker', { kind: 'number', values: values.map((value) => (dice.chance(0.6) ? NaN : value)) })
    const settings = { imputation: { sets: 4, rounds: 3, donors: 5 } }
    const { names, coefficients } = imputed({ ...whole, columns }, settings)
    // Made with 0.5; half of it is left where a gap is filled in from covariates alone.
    expect(coefficients[names.indexOf('marker')]).toBeGreaterThan(0.4)
  })

  it('is the fit itself, with nothing filled in, where no row has a gap', () => {
    const { imputation, ...fit } = imputed(whole)
    const { imputation: _, ...plain } = model
    expect(fit).toEqual(fitModel(columnsOfRows(whole), specOf(plain, whole)))
    expect(imputation).toMatchObject({ columns: [], rows: 0, complete: null })
  })

  it('says what was filled in, and whose', () => {
    const { imputation } = imputed(gaps, { imputation: { sets: 2, rounds: 1, donors: 3 } })
    const missing = (name: string): number[] => {
      const column = gaps.columns.get(name)!
      return Array.from(gaps.id, (_, row) => row).filter((row) =>
        column.kind === 'label' ? column.codes[row]! < 0 : Number.isNaN(column.values[row]!),
      )
    }
    expect(imputation.columns).toEqual(
      ['marker', 'group'].map((name) => ({
        name,
        isOfPerson: name === 'group',
        rows: missing(name).length,
        persons: new Set(missing(name).map((row) => gaps.id[row])).size,
      })),
    )
    const either = new Set([...missing('marker'), ...missing('group')])
    expect(imputation.rows).toBe(either.size)
    expect(imputation.events).toBe([...either].filter((row) => gaps.event[row] === 1).length)
  })

  it("combines fits as Rubin's rules say, a set being the same however many are made", () => {
    const of = (sets: number) => imputed(gaps, { imputation: { sets, rounds: 2, donors: 5 } })
    const [one, two] = [of(1), of(2)]
    const completeDf = (two.events as number) - 4
    for (const [j] of two.names.entries()) {
      const [first, mean] = [one.coefficients[j]!, two.coefficients[j]!]
      const other = 2 * mean - first
      const between = ((first - mean) ** 2 + (other - mean) ** 2) / 1
      const total = two.stdErr[j]! ** 2
      const within = total - 1.5 * between
      // Of two fits to tables that are nearly the same.
      expect(within / one.stdErr[j]! ** 2).toBeGreaterThan(0.95)
      expect(within / one.stdErr[j]! ** 2).toBeLessThan(1.05)
      expect(two.variance[j]![j]).toBeCloseTo(total, 12)
      const lambda = (1.5 * between) / total
      const old = 1 / lambda ** 2
      const observed = ((completeDf + 1) / (completeDf + 3)) * completeDf * (1 - lambda)
      const df = (old * observed) / (old + observed)
      expect(two.imputation.df[j]! / df).toBeCloseTo(1, 8)
      const r = lambda / (1 - lambda)
      expect(two.imputation.fmi[j]).toBeCloseTo((r + 2 / (df + 3)) / (r + 1), 8)
    }
  })

  it('gives the same bytes for the same seed, and others for another', () => {
    const small = cohort(300, 'b').gaps
    const text = (seed: string): string => resultText(imputed(small, {}, seed))
    expect(text('1')).toBe(text('1'))
    expect(text('研究')).not.toBe(text('1'))
  })

  it.each(['logistic', 'cloglog', 'poisson'] as const)(
    'combines %s models with their intercept',
    (family) => {
      const { names, coefficients, imputation } = imputed(gaps, {
        family,
        imputation: { sets: 3, rounds: 2, donors: 5 },
      })
      expect(names[0]).toBe('(Intercept)')
      expect(coefficients).toHaveLength(5)
      expect(imputation.fmi.every((each) => each! > 0 && each! < 1)).toBe(true)
      expect(imputation.tests.map(({ term, df1 }) => [term, df1])).toEqual([
        ['group', 2],
        [null, 4],
      ])
    },
  )

  it('refuses a spline or an interaction of a column with gaps, and takes those of complete ones', () => {
    const spline = { splines: [{ name: 'marker', knots: 3, reference: null }] }
    expect(() => imputed(gaps, spline)).toThrow(/imputed-term/)
    expect(() => imputed(gaps, { interactions: [['treated', 'marker']] })).toThrow(/imputed-term/)
    const unseen = new Map(gaps.columns)
    const marker = whole.columns.get('marker') as { values: Float64Array }
    unseen.set('marker', {
      kind: 'number',
      values: marker.values.map((v, row) => (gaps.event[row] === 1 ? NaN : v)),
    })
    expect(() => imputed({ ...gaps, columns: unseen })).toThrow(/imputed-without-events/)
    const columns = new Map(gaps.columns)
    columns.set('marker', whole.columns.get('marker')!)
    const { splines } = imputed(
      { ...gaps, columns },
      { ...spline, interactions: [], imputation: { sets: 2, rounds: 1, donors: 5 } },
    )
    expect(splines).toMatchObject([{ covariate: 'marker', nonlinear: { df: 1 } }])
  })
})
