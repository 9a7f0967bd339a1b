/** The (start, stop] table: one row for each stretch of a person's time in which nothing known changes. Pure. */
import { isOfPersons, isPooled, isRate, type StudyModel } from '../../../shared/domain/study.ts'
import { log } from '../../stats/det/log.ts'
import type { CsvColumn, CsvColumns } from '../../stats/model/csv-columns.ts'

export type TableColumn =
  /** Missing: NaN. */
  | { readonly kind: 'number'; readonly values: Float64Array }
  /** Missing: -1. */
  | { readonly kind: 'label'; readonly codes: Int32Array; readonly labels: readonly string[] }

/** Rows by person, then time; `start` and `stop` in days of the definition's clock, left-open. */
export interface IntervalRows {
  readonly rowCount: number
  /** Number of the person in the order of the snapshot. */
  readonly id: Int32Array
  readonly start: Float64Array
  readonly stop: Float64Array
  /** 1 where what is waited for happens at `stop`. */
  readonly event: Uint8Array
  /** The same, 2 where death ends the person's time, and 3 where the competing event does. */
  readonly status: Uint8Array
  /** 0 where a piece of equal length (`every`) was cut short by other than the event: no trial of the same kind. */
  readonly isWhole: Uint8Array
  /** Visits of the person up to the row's start, and up to where the person's time ends: no columns, but they tell who is seen often. */
  readonly visits: { readonly before: Int32Array; readonly inAll: Int32Array }
  /** `period`, then the covariates as the definition has them. */
  readonly columns: ReadonlyMap<string, TableColumn>
}

/** Only pieces that are trials of one kind, for pooled models. */
export function wholeRows(rows: IntervalRows): IntervalRows {
  const kept: number[] = []
  for (let row = 0; row < rows.rowCount; row++) if (rows.isWhole[row] === 1) kept.push(row)
  if (kept.length === rows.rowCount) return rows
  return takenRows(rows, kept)
}

/** One row for each person, from 0 to what ended the time, with what was known at the start. */
export function personRows(rows: IntervalRows): IntervalRows {
  const firsts: number[] = []
  for (let row = 0; row < rows.rowCount; row++)
    if (row === 0 || rows.id[row] !== rows.id[row - 1]) firsts.push(row)
  const lasts = firsts.map((_, p) => (firsts[p + 1] ?? rows.rowCount) - 1)
  const taken = takenRows(rows, firsts)
  return {
    ...taken,
    start: new Float64Array(firsts.length),
    stop: Float64Array.from(firsts, (row, p) => rows.stop[lasts[p]!]! - rows.start[row]!),
    event: Uint8Array.from(lasts, (row) => rows.event[row]!),
    status: Uint8Array.from(lasts, (row) => rows.status[row]!),
    isWhole: new Uint8Array(firsts.length).fill(1),
  }
}

/** The rows that a model of this family is fitted to. */
export function rowsFor(family: StudyModel['family'], rows: IntervalRows): IntervalRows {
  if (isPooled(family)) return wholeRows(rows)
  return isOfPersons(family) ? personRows(rows) : rows
}

function takenRows(rows: IntervalRows, kept: readonly number[]): IntervalRows {
  const at = (values: { readonly [row: number]: number }) => kept.map((row) => values[row]!)
  return {
    rowCount: kept.length,
    id: Int32Array.from(at(rows.id)),
    start: Float64Array.from(at(rows.start)),
    stop: Float64Array.from(at(rows.stop)),
    event: Uint8Array.from(at(rows.event)),
    status: Uint8Array.from(at(rows.status)),
    isWhole: Uint8Array.from(at(rows.isWhole)),
    visits: {
      before: Int32Array.from(at(rows.visits.before)),
      inAll: Int32Array.from(at(rows.visits.inAll)),
    },
    columns: new Map(
      [...rows.columns].map(([name, column]) => [
        name,
        column.kind === 'number'
          ? { kind: 'number' as const, values: Float64Array.from(at(column.values)) }
          : { ...column, codes: Int32Array.from(at(column.codes)) },
      ]),
    ),
  }
}

/** Logarithm of the days of a row: the offset of rates. No column of a definition can have a capital letter. */
export const LOG_TIME = 'logTime'

/** Days of a row: the time of a model whose time begins anew with each piece. */
export const PIECE_TIME = 'pieceTime'

export type DerivedColumn = typeof LOG_TIME | typeof PIECE_TIME

/** What a model reads beside the columns of the table. */
export function derivedColumns({
  family,
  timeFrom,
}: Pick<StudyModel, 'family' | 'timeFrom'>): DerivedColumn[] {
  return [
    ...(isRate(family) ? [LOG_TIME as DerivedColumn] : []),
    ...(timeFrom === 'piece' ? [PIECE_TIME as DerivedColumn] : []),
  ]
}

/**
 * As `fit` takes it.
 * @param derived with these columns beside
 */
export function columnsOfRows(rows: IntervalRows, derived: readonly DerivedColumn[] = []): CsvColumns {
  const columns = new Map<string, CsvColumn>([
    ['id', numberColumn(rows.id)],
    ['start', numberColumn(rows.start)],
    ['stop', numberColumn(rows.stop)],
    ['event', numberColumn(rows.event)],
    ['status', numberColumn(rows.status)],
  ])
  for (const [name, column] of rows.columns)
    columns.set(name, column.kind === 'number' ? numberColumn(column.values) : labelColumn(column))
  const days = (): Float64Array => rows.stop.map((stop, row) => stop - rows.start[row]!)
  if (derived.includes(LOG_TIME)) columns.set(LOG_TIME, numberColumn(days().map(log)))
  if (derived.includes(PIECE_TIME)) columns.set(PIECE_TIME, numberColumn(days()))
  return { rowCount: rows.rowCount, header: [...columns.keys()], columns }
}

export function numberColumn(values: Float64Array | Int32Array | Uint8Array): CsvColumn {
  const numbers = Float64Array.from(values)
  const kinds = new Uint8Array(numbers.length)
  for (let i = 0; i < kinds.length; i++) if (numbers[i] !== numbers[i]) kinds[i] = 1
  return { numbers, kinds, texts: new Map() }
}

export function labelColumn({ codes, labels }: Extract<TableColumn, { kind: 'label' }>): CsvColumn {
  const numbers = new Float64Array(codes.length).fill(NaN)
  const kinds = new Uint8Array(codes.length)
  const texts = new Map<number, string>()
  for (const [i, code] of codes.entries()) {
    kinds[i] = code < 0 ? 1 : 2
    if (code >= 0) texts.set(i, labels[code]!)
  }
  return { numbers, kinds, texts }
}
