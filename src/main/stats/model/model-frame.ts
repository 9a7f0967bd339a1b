import { StatsFailure, type StatsWarning } from '../failure.ts'
import type { CsvColumn, CsvColumns } from './csv-columns.ts'
import { designOf, type Covariate, type Term } from './design.ts'
import type { ModelSpec } from './model-spec.ts'

/** Codes 0 … labels.length-1 of a column of labels. */
export interface CodedColumn {
  codes: Int32Array
  labels: readonly string[]
}

/** The complete cases of a table, as a model needs them. */
export interface ModelFrame {
  n: number
  dropped: number
  /** Original 0-based row of each kept row. */
  rows: Int32Array
  start: Float64Array | null
  stop: Float64Array | null
  /** Raw event codes. */
  event: Float64Array | null
  response: Float64Array | null
  x: Float64Array[]
  names: string[]
  /** Covariates as written, then interactions, with their columns. */
  terms: Term[]
  strata: CodedColumn | null
  weights: Float64Array | null
  offset: Float64Array | null
  cluster: CodedColumn | null
  id: CodedColumn | null
  warnings: StatsWarning[]
}

/** All columns that a model reads, each once. */
export function columnsOf(model: ModelSpec): string[] {
  const strata = model.strata === null ? [] : typeof model.strata === 'string' ? [model.strata] : model.strata
  const single = [
    model.start,
    model.stop,
    model.event,
    model.response,
    model.weights,
    model.offset,
    model.cluster,
    model.id,
  ].filter((c): c is string => c !== null)
  return [...new Set([...single, ...model.covariates, ...strata])]
}

/**
 * Takes the rows in which no column of the model is missing (R: `na.omit`), codes labels and factors.
 *
 * @throws {StatsFailure} `text-in-number`, `not-finite`, `unknown-column`, `no-rows`, and what `designOf` throws
 */
export function modelFrame(table: CsvColumns, model: ModelSpec): ModelFrame {
  const strataNames =
    model.strata === null ? [] : typeof model.strata === 'string' ? [model.strata] : model.strata
  for (const name of model.factors) {
    if (!model.covariates.includes(name))
      throw new StatsFailure({
        code: 'bad-option',
        option: 'factors',
        value: name,
        allowed: 'names that stand in covariates too',
      })
  }
  const labels = new Set<string>([...strataNames, ...model.factors])
  if (model.cluster) labels.add(model.cluster)
  if (model.id) labels.add(model.id)
  const groupsCurves = model.family === 'km' || model.family === 'aj'
  if (groupsCurves) for (const name of model.covariates) labels.add(name)
  const get = (name: string): CsvColumn => {
    const found = table.columns.get(name)
    if (!found) throw new StatsFailure({ code: 'unknown-column', column: name })
    return found
  }
  const used = columnsOf(model).map((name) => ({ name, column: get(name), isLabel: labels.has(name) }))
  const keep: number[] = []
  for (let i = 0; i < table.rowCount; i++) {
    let isComplete = true
    for (const { name, column, isLabel } of used) {
      const kind = column.kinds[i]!
      if (kind === 0) continue
      if (kind === 1) {
        isComplete = false
      } else if (!isLabel) {
        const text = column.texts.get(i) ?? ''
        if (kind === 3) throw new StatsFailure({ code: 'not-finite', column: name, row: i, value: text })
        const truth = name === model.event ? truthOf(text) : null
        if (truth === null)
          throw new StatsFailure({ code: 'text-in-number', column: name, row: i, text: text.slice(0, 40) })
      }
    }
    if (isComplete) keep.push(i)
  }
  const rows = Int32Array.from(keep)
  const n = rows.length
  if (n === 0) throw new StatsFailure({ code: 'no-rows' })
  const dropped = table.rowCount - n
  const isWhole = dropped === 0
  const numbers = (name: string | null): Float64Array | null => {
    if (name === null) return null
    const source = get(name).numbers
    if (isWhole) return source
    const out = new Float64Array(n)
    for (let k = 0; k < n; k++) out[k] = source[rows[k]!]!
    return out
  }
  const labelAt = (column: CsvColumn, i: number): string => column.texts.get(i) ?? String(column.numbers[i]!)
  const coded = (names: readonly string[]): CodedColumn | null => {
    if (names.length === 0) return null
    const sources = names.map(get)
    const first = new Map<string, number>()
    const provisional = new Int32Array(n)
    for (let k = 0; k < n; k++) {
      let label = ''
      for (let s = 0; s < sources.length; s++) label += (s > 0 ? ', ' : '') + labelAt(sources[s]!, rows[k]!)
      let code = first.get(label)
      if (code === undefined) {
        code = first.size
        first.set(label, code)
      }
      provisional[k] = code
    }
    const sorted = [...first.keys()].sort(compareLabels)
    const rank = new Int32Array(sorted.length)
    sorted.forEach((label, position) => {
      rank[first.get(label)!] = position
    })
    return { codes: provisional.map((c) => rank[c]!), labels: sorted }
  }

  const event = numbers(model.event)
  if (event && model.event) {
    const column = get(model.event)
    if (column.texts.size > 0) {
      for (let k = 0; k < n; k++) {
        const text = column.texts.get(rows[k]!)
        if (text !== undefined) event[k] = truthOf(text)!
      }
    }
  }
  const covariates = (groupsCurves ? [] : model.covariates).map((name): Covariate => {
    if (!model.factors.includes(name)) return { name, kind: 'number', values: numbers(name)! }
    const { codes, labels: levels } = coded([name])!
    return { name, kind: 'factor', codes, levels }
  })
  const { x, names, terms } = designOf(covariates, model)
  const warnings: StatsWarning[] = []
  const id = model.id ? coded([model.id]) : null
  if (dropped > 0) {
    let subjects: number | null = null
    if (model.id) {
      const column = get(model.id)
      const kept = new Set<string>(id!.labels)
      const lost = new Set<string>()
      for (let i = 0; i < table.rowCount; i++) {
        if (column.kinds[i] === 1) continue
        const label = labelAt(column, i)
        if (!kept.has(label)) lost.add(label)
      }
      subjects = lost.size
    }
    warnings.push({ code: 'rows-dropped', count: dropped, subjects })
  }
  const grouping = groupsCurves ? [...model.covariates, ...strataNames] : strataNames
  return {
    n,
    dropped,
    rows,
    start: numbers(model.start),
    stop: numbers(model.stop),
    event,
    response: numbers(model.response),
    x,
    names,
    terms,
    strata: coded(grouping),
    weights: numbers(model.weights),
    offset: numbers(model.offset),
    cluster: model.cluster ? coded([model.cluster]) : null,
    id,
    warnings,
  }
}

function truthOf(text: string): number | null {
  switch (text.toLowerCase()) {
    case 'true':
      return 1
    case 'false':
      return 0
    default:
      return null
  }
}

/** Numbers by size, then text by code units: an order without a locale. */
function compareLabels(a: string, b: string): number {
  const x = Number(a)
  const y = Number(b)
  const isNumberA = a !== '' && x === x
  const isNumberB = b !== '' && y === y
  if (isNumberA && isNumberB && x !== y) return x - y
  if (isNumberA !== isNumberB) return isNumberA ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}
