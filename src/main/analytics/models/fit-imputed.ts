/**
 * A model on rows whose gaps are filled in several times: a fit to each completed table, and Rubin's rules over them (docs/spec/study.md
 * section 8). The same seed gives the same bytes. Pure.
 */
import type { ImputationSettings, StudyModel } from '../../../shared/domain/study.ts'
import { assert, present } from '../../../shared/std/assert.ts'
import { streamOf } from '../../generator/random.ts'
import { log } from '../../stats/det/log.ts'
import { StatsFailure } from '../../stats/failure.ts'
import { firstRows, imputeRows, type KnownColumn, type Variable } from '../../stats/imputation/impute-rows.ts'
import { poolEstimates, poolWald } from '../../stats/imputation/rubin.ts'
import { quadraticForm } from '../../stats/linalg/cholesky.ts'
import type { CsvColumns } from '../../stats/model/csv-columns.ts'
import type { Design } from '../../stats/model/design.ts'
import { fitModel, type FitHooks, type FitResult } from '../../stats/model/fit-model.ts'
import { modelFrame } from '../../stats/model/model-frame.ts'
import type { ModelSpec } from '../../stats/model/model-spec.ts'
import { termRecords, type TestOfColumns } from '../../stats/model/term-tests.ts'
import { kaplanMeier } from '../../stats/survival/kaplan-meier.ts'
import {
  labelColumn,
  numberColumn,
  type IntervalRows,
  type TableColumn,
} from '../intervals/interval-table.ts'

export interface ModelToFit {
  readonly model: StudyModel
  readonly spec: ModelSpec
  /** Those of the model's family, and the same as `fit` takes them. */
  readonly rows: IntervalRows
  readonly table: CsvColumns
}

export interface Filling {
  readonly settings: ImputationSettings
  /** The study's. Models of one study draw the same numbers, so that alike models have the same tables. */
  readonly seed: string
  /** Covariates that stay the same for a person: filled in once for each. */
  readonly fixed: ReadonlySet<string>
}

/** What was filled in, and what it took. Beside the answer of the model, as `imputation`. */
export interface ImputationRecord extends ImputationSettings {
  /** Of each column with gaps the rows without a value, and whose they are. */
  readonly columns: readonly {
    readonly name: string
    readonly isOfPerson: boolean
    readonly rows: number
    readonly persons: number
  }[]
  /** Rows with a gap in any of them, and the events in them. */
  readonly rows: number
  readonly events: number
  /** In the order of the coefficients; null where one is not estimable. */
  readonly df: readonly (number | null)[]
  /** Fraction of missing information. */
  readonly fmi: readonly (number | null)[]
  /** D1 (Li, Raghunathan and Rubin 1991) of terms with several coefficients, and of all covariates together (null). */
  readonly tests: readonly {
    readonly term: string | null
    readonly f: number
    readonly df1: number
    readonly df2: number
    readonly p: number
  }[]
  /** The same model on the rows without a gap; null where no row has one. */
  readonly complete:
    | null
    | Pick<FitResult, 'n' | 'events' | 'names' | 'coefficients' | 'stdErr' | 'lower' | 'upper' | 'p'>
    | { readonly noAnswer: StatsFailure['detail'] }
}

/**
 * @throws {StatsFailure} what the fits throw; `imputed-term` for a spline or an interaction of a column with gaps;
 *   `imputed-without-events` for one that is known in no row with the event; `constant-covariate` for one of which fewer than two values
 *   are known
 */
export function fitImputed(of: ModelToFit, filling: Filling, hooks: FitHooks): Record<string, unknown> {
  const { model, spec, rows, table } = of
  const names = [...new Set([...model.covariates, ...model.strata])]
  const gaps = names.filter((name) => hasGaps(present(rows.columns.get(name))))
  const first = gaps[0]
  if (first === undefined) {
    const nothing = { columns: [], rows: 0, events: 0, df: [], fmi: [], tests: [], complete: null }
    return { ...fitModel(table, spec, hooks), imputation: { ...filling.settings, ...nothing } }
  }
  for (const name of gaps) {
    if (model.splines.some((spline) => spline.name === name))
      throw new StatsFailure({ code: 'imputed-term', column: name, term: 'spline' })
    if (model.interactions.some((pair) => pair.includes(name)))
      throw new StatsFailure({ code: 'imputed-term', column: name, term: 'interaction' })
    if (!isKnownAtEvent(present(rows.columns.get(name)), rows.event))
      throw new StatsFailure({ code: 'imputed-without-events', column: name })
  }
  const quiet: FitHooks = { ...hooks, withoutDiagnostics: true }
  const levels = new Map(names.map((name) => [name, levelsOf(present(rows.columns.get(name)))]))
  const variables = names.map((name) =>
    variableOf(name, present(rows.columns.get(name)), model, levels, filling.fixed),
  )
  const toImpute = { person: rows.id, variables, known: knownOf(rows, table, model, spec) }
  const { sets, rounds, donors } = filling.settings
  const fits: FitResult[] = []
  let completed = table
  for (let set = 0; set < sets; set++) {
    // Each set has a stream of its own: one more set changes none before it.
    const stream = streamOf(asciiOf(filling.seed), set, 'imputation')
    const filled = imputeRows(
      toImpute,
      () => stream.uniform(),
      { rounds, donors },
      () => hooks.onProgress?.(set) !== false,
    )
    completed = completedTable(table, variables, filled, { rows, levels, gaps })
    fits.push(fitModel(completed, spec, quiet))
  }
  const { terms, names: columns } = modelFrame(completed, spec)
  const { record, said } = pooledOf(fits, { terms, names: columns }, of)
  return {
    ...record,
    imputation: {
      ...filling.settings,
      ...gapsIn(rows, gaps, filling.fixed),
      ...said,
      complete: completeFit(table, spec, quiet),
    },
  }
}

function hasGaps(column: TableColumn): boolean {
  return column.kind === 'label' ? column.codes.includes(-1) : column.values.some((value) => value !== value)
}

function isKnownAtEvent(column: TableColumn, event: Uint8Array): boolean {
  for (let row = 0; row < event.length; row++) {
    if (event[row] === 0) continue
    const value = column.kind === 'label' ? column.codes[row]! : column.values[row]!
    if (column.kind === 'label' ? value >= 0 : value === value) return true
  }
  return false
}

/** Of a column that is taken as groups its values, in order; null of a number. */
type Levels = ReadonlyMap<string, readonly (number | string)[]>

function levelsOf(column: TableColumn): readonly (number | string)[] {
  if (column.kind === 'label') return column.labels
  return [...new Set(column.values)].filter((value) => value === value).sort((a, b) => a - b)
}

function variableOf(
  name: string,
  column: TableColumn,
  { factors, strata }: StudyModel,
  levels: Levels,
  fixed: ReadonlySet<string>,
): Variable {
  const isOfPerson = fixed.has(name)
  if (column.kind === 'label')
    return { name, isOfPerson, kind: 'label', codes: column.codes, levelCount: column.labels.length }
  if (!factors.includes(name) && !strata.includes(name))
    return { name, isOfPerson, kind: 'number', values: column.values }
  const codeOf = new Map(present(levels.get(name)).map((value, code) => [value, code]))
  return {
    name,
    isOfPerson,
    kind: 'label',
    codes: Int32Array.from(column.values, (value) => codeOf.get(value) ?? -1),
    levelCount: codeOf.size,
  }
}

/**
 * What else predicts a gap: the event and the Nelson-Aalen hazard (White and Royston, Stat Med 2009;28:1982-1998) of the person's whole time
 * and of the row, other ends of the time, visits so far and in all, and what splines and interactions of complete columns add.
 */
function knownOf(rows: IntervalRows, table: CsvColumns, model: StudyModel, spec: ModelSpec): KnownColumn[] {
  const { id, event, status, visits } = rows
  const hazard = hazardOf(rows)
  const firsts = firstRows(id)
  const ofPerson = (valueOf: (from: number, to: number) => number): KnownColumn => {
    const values = new Float64Array(id.length)
    for (const [p, from] of firsts.entries()) {
      const to = firsts[p + 1] ?? id.length
      values.fill(valueOf(from, to), from, to)
    }
    return { values, isOfRowAlone: false }
  }
  const anyOf = (from: number, to: number, state: number): number => {
    for (let row = from; row < to; row++) if (status[row] === state) return 1
    return 0
  }
  const sumOf = (from: number, to: number): number => {
    let sum = 0
    for (let row = from; row < to; row++) sum += hazard[row]!
    return sum
  }
  const logOf = (counts: Int32Array): KnownColumn => ({
    values: Float64Array.from(counts, (count) => log(1 + count)),
    isOfRowAlone: false,
  })
  return [
    ...[1, 2, 3].map((state) => ofPerson((from, to) => anyOf(from, to, state))),
    ofPerson(sumOf),
    { values: Float64Array.from(event), isOfRowAlone: true },
    { values: hazard, isOfRowAlone: true },
    logOf(visits.before),
    logOf(visits.inAll),
    ...bentColumns(table, model, spec).map((values) => ({ values, isOfRowAlone: false })),
  ]
}

/** Cumulative hazard over each row, of everybody, whatever their covariates. */
function hazardOf({ start, stop, event }: IntervalRows): Float64Array {
  const [curve] = kaplanMeier({
    start,
    stop,
    event,
    weights: null,
    cluster: null,
    id: null,
    group: null,
  }).curves
  const { time, cumulativeHazard } = present(curve)
  const upTo = (at: number): number => {
    let low = 0
    let high = time.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (time[middle]! <= at) low = middle + 1
      else high = middle
    }
    return low === 0 ? 0 : cumulativeHazard[low - 1]!
  }
  return stop.map((at, row) => upTo(at) - upTo(start[row]!))
}

/** Columns of the design beyond the covariates themselves; those of columns with gaps were refused. */
function bentColumns(
  table: CsvColumns,
  { splines, interactions }: StudyModel,
  spec: ModelSpec,
): Float64Array[] {
  const used = new Set([...splines.map(({ name }) => name), ...interactions.flat()])
  if (used.size === 0) return []
  const covariates = spec.covariates.filter((name) => used.has(name))
  const frame = modelFrame(table, {
    ...spec,
    covariates,
    factors: spec.factors.filter((name) => used.has(name)),
    strata: null,
  })
  assert(frame.n === table.rowCount, 'columns that bend or act together have no gap here')
  return frame.terms.flatMap(({ of, columns }) =>
    of.kind === 'spline' || of.kind === 'product' ? columns.map((column) => frame.x[column]!) : [],
  )
}

/** The table as it was, with the columns that had gaps filled in. */
function completedTable(
  table: CsvColumns,
  variables: readonly Variable[],
  filled: readonly Float64Array[],
  { rows, levels, gaps }: { rows: IntervalRows; levels: Levels; gaps: readonly string[] },
): CsvColumns {
  const columns = new Map(table.columns)
  for (const [v, variable] of variables.entries()) {
    if (!gaps.includes(variable.name)) continue
    const column = present(rows.columns.get(variable.name))
    const values = filled[v]!
    const codes = (): Int32Array => Int32Array.from(values)
    columns.set(
      variable.name,
      column.kind === 'label'
        ? labelColumn({ ...column, codes: codes() })
        : numberColumn(
            variable.kind === 'number'
              ? values
              : values.map((code) => present(levels.get(variable.name))[code] as number),
          ),
    )
  }
  return { ...table, columns }
}

function gapsIn(
  { id, event, columns }: IntervalRows,
  gaps: readonly string[],
  fixed: ReadonlySet<string>,
): Pick<ImputationRecord, 'columns' | 'rows' | 'events'> {
  const hasGap = new Uint8Array(id.length)
  const of = gaps.map((name) => {
    const column = present(columns.get(name))
    const persons = new Set<number>()
    let rows = 0
    for (let row = 0; row < id.length; row++) {
      const value = column.kind === 'label' ? column.codes[row]! : column.values[row]!
      if (value === value && (column.kind === 'number' || value >= 0)) continue
      rows++
      persons.add(id[row]!)
      hasGap[row] = 1
    }
    return { name, isOfPerson: fixed.has(name), rows, persons: persons.size }
  })
  let rows = 0
  let events = 0
  for (let row = 0; row < id.length; row++) {
    rows += hasGap[row]!
    events += hasGap[row]! * event[row]!
  }
  return { columns: of, rows, events }
}

/** The answer as of one fit, with combined numbers where they can be combined; what cannot is not there. */
function pooledOf(
  fits: readonly FitResult[],
  design: Pick<Design, 'terms' | 'names'>,
  { model, spec, rows }: ModelToFit,
): {
  record: Record<string, unknown>
  said: Pick<ImputationRecord, 'df' | 'fmi' | 'tests'>
} {
  const [first] = fits as [FitResult, ...FitResult[]]
  const names = first['names'] as readonly string[]
  const size = names.length
  const estimates = fits.map((fit) => numbersOf(fit['coefficients'] as readonly (number | null)[]))
  const variances = fits.map((fit) => numbersOf((fit['variance'] as readonly (number | null)[][]).flat()))
  for (const fit of fits)
    assert(
      (fit['names'] as readonly string[]).join() === names.join(),
      'completed tables have the same columns',
    )
  const completeDf = completeDfOf(first, size, model, rows)
  const total = totalVariance(estimates, variances, size)
  const pooled = names.map((_, j) =>
    poolEstimates(
      estimates.map((each) => each[j]!),
      variances.map((each) => each[j * size + j]!),
      completeDf,
      spec.conf,
    ),
  )
  const coefficients = pooled.map(({ estimate }) => estimate)
  const shift = size - design.names.length
  const testOf = (columns: readonly number[]) => {
    const kept = columns.map((column) => column + shift).filter((j) => Number.isFinite(coefficients[j]))
    if (kept.length === 0) return null
    return poolWald(
      estimates.map((each) => Float64Array.from(kept, (j) => each[j]!)),
      (x, matrix) => quadraticForm(matrix, kept.length, x, TOLERANCE).value,
      variances.map((each) => Float64Array.from(kept.flatMap((i) => kept.map((j) => each[i * size + j]!)))),
    )
  }
  const waldOf: TestOfColumns = (columns) => {
    const test = testOf(columns)
    if (test === null) return { chisq: null, df: 0, p: null }
    return { chisq: test.statistic * test.df1, df: test.df1, p: test.p }
  }
  const whole = testOf(design.names.map((_, column) => column))
  const tests = [
    ...design.terms.flatMap(({ name, columns }) => {
      const test = columns.length > 1 ? testOf(columns) : null
      return test === null ? [] : [{ term: name, ...test }]
    }),
    ...(whole === null ? [] : [{ term: null, ...whole }]),
  ].map(({ statistic, ...test }) => ({ ...test, f: statistic }))
  const variance = Array.from({ length: size }, (_, i) => [...total.slice(i * size, (i + 1) * size)])
  const fmi = pooled.map((each) => each.fmi)
  const record = {
    ...shared(first),
    names,
    coefficients,
    stdErr: pooled.map(({ stdErr }) => stdErr),
    lower: pooled.map(({ lower }) => lower),
    upper: pooled.map(({ upper }) => upper),
    p: pooled.map(({ p }) => p),
    conf: spec.conf,
    variance,
    ...termRecords(design, spec, { names, coefficients, variance }, waldOf),
    df: whole?.df1 ?? 0,
    waldTest: whole === null ? null : whole.statistic * whole.df1,
    ...concordanceOf(fits),
    converged: fits.every((fit) => fit['converged'] === true),
    aliased: eachOnce(fits, 'aliased'),
    infinite: eachOnce(fits, 'infinite'),
    warnings: [...warningsOf(fits), ...fewSets(fmi, fits.length)],
  }
  return { record, said: { df: pooled.map(({ df }) => df), fmi, tests } }
}

/** Of pivots, as in the Wald tests of whole models. */
const TOLERANCE = 1.818989403545856e-12

/** What is the same of each completed table. */
function shared(fit: FitResult): Record<string, unknown> {
  const { profile, family, n, dropped } = fit
  return { profile, family, n, dropped, ties: fit['ties'], link: fit['link'], events: fit['events'] }
}

function numbersOf(list: readonly (number | null)[]): Float64Array {
  return Float64Array.from(list, (each) => each ?? NaN)
}

/** Degrees of freedom that complete rows would have: events of a Cox model, rows of the others; of alike rows those of persons. */
function completeDfOf(fit: FitResult, parameters: number, model: StudyModel, rows: IntervalRows): number {
  const units = model.family === 'cox' ? (fit['events'] as number) : fit.n
  const persons = model.isClusteredByPerson ? firstRows(rows.id).length : Infinity
  return Math.max(1, Math.min(units, persons) - parameters)
}

/** W + (1 + 1/m) B, row-major. */
function totalVariance(
  estimates: readonly Float64Array[],
  variances: readonly Float64Array[],
  size: number,
): Float64Array {
  const m = estimates.length
  const mean = new Float64Array(size)
  for (const each of estimates) for (let j = 0; j < size; j++) mean[j] = mean[j]! + each[j]! / m
  const total = new Float64Array(size * size)
  for (const each of variances) for (let t = 0; t < total.length; t++) total[t] = total[t]! + each[t]! / m
  for (const each of m > 1 ? estimates : [])
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++)
        total[i * size + j] =
          total[i * size + j]! + ((1 + 1 / m) * (each[i]! - mean[i]!) * (each[j]! - mean[j]!)) / (m - 1)
  return total
}

/** The mean over the tables, without an error: there is no rule for one. */
function concordanceOf(fits: readonly FitResult[]): Record<string, unknown> {
  const each = fits.map(
    (fit) => (fit['concordance'] as { concordance: number | null } | undefined)?.concordance,
  )
  if (each.some((value) => typeof value !== 'number')) return {}
  let sum = 0
  for (const value of each) sum += value!
  return { concordance: { concordance: sum / fits.length, std: null } }
}

function eachOnce(fits: readonly FitResult[], key: 'aliased' | 'infinite'): string[] {
  return [...new Set(fits.flatMap((fit) => (fit[key] as readonly string[] | undefined) ?? []))]
}

/** One for each kind and column, however many tables say it. */
function warningsOf(fits: readonly FitResult[]): FitResult['warnings'] {
  const seen = new Map<string, FitResult['warnings'][number]>()
  for (const { warnings } of fits)
    for (const warning of warnings) {
      const name = `${warning.code} ${'column' in warning ? String(warning.column) : ''}`
      if (!seen.has(name)) seen.set(name, warning)
    }
  return [...seen.values()]
}

/** At least one set for each per cent of missing information (White, Royston and Wood, Stat Med 2011;30:377-399). */
function fewSets(fmi: readonly number[], sets: number): FitResult['warnings'] {
  const needed = Math.ceil(100 * Math.max(0, ...fmi.filter((each) => each === each)))
  return needed > sets ? [{ code: 'few-imputed-sets', sets, needed }] : []
}

function completeFit(table: CsvColumns, spec: ModelSpec, hooks: FitHooks): ImputationRecord['complete'] {
  try {
    const { n, events, names, coefficients, stdErr, lower, upper, p } = fitModel(table, spec, hooks)
    return { n, events, names, coefficients, stdErr, lower, upper, p }
  } catch (error) {
    if (!(error instanceof StatsFailure) || error.detail.code === 'cancelled') throw error
    return { noAnswer: error.detail }
  }
}

/** Streams are named in ASCII; each seed keeps a name of its own. */
function asciiOf(seed: string): string {
  return Array.from(seed, (sign) => {
    const code = sign.codePointAt(0)!
    return code > 0x20 && code < 0x7f && sign !== '%' ? sign : `%${code.toString(16)};`
  }).join('')
}
