/** Typed arrays into DuckDB, a chunk at a time: an order of magnitude faster than row by row. */
import {
  DuckDBDataChunk,
  type DuckDBAppender,
  type DuckDBConnection,
  type DuckDBType,
  type DuckDBVector,
  BIGINT,
  DOUBLE,
  INTEGER,
} from '@duckdb/node-api'
import { ABSENT_INT, type Column, type FactRun } from '../facts/fact-columns.ts'
import { FACT_TABLE_NAMES, FACT_TABLES, type ColumnKind } from '../facts/fact-tables.ts'

/** DuckDB's own chunk. */
const ROWS = 2048

export const SQL_TYPES: Record<ColumnKind, string> = {
  int: 'INTEGER',
  text: 'INTEGER',
  big: 'BIGINT',
  real: 'DOUBLE',
}
const CHUNK_TYPES: Record<ColumnKind, DuckDBType> = { int: INTEGER, text: INTEGER, big: BIGINT, real: DOUBLE }

/** The part of a numeric vector that its type does not show. */
type NumericVector = DuckDBVector & { items: Int32Array | Float64Array | BigInt64Array }

/** The run's rows; its texts get the numbers that they have in all of this database. */
export async function appendRun(
  connection: DuckDBConnection,
  { tables }: FactRun,
  numbers: Int32Array,
): Promise<void> {
  for (const table of FACT_TABLE_NAMES) {
    const { rowCount, columns } = tables[table]
    const renumbered = Object.keys(FACT_TABLES[table]).map((name) => {
      const column = columns[name]!
      return column.kind === 'text'
        ? { ...column, values: column.values.map((text) => (text < 0 ? -1 : numbers[text]!)) }
        : column
    })
    await appendColumns(connection, table, renumbered, rowCount)
  }
}

export async function appendColumns(
  connection: DuckDBConnection,
  table: string,
  columns: readonly Column[],
  rowCount: number,
): Promise<void> {
  if (rowCount === 0) return
  const appender = await connection.createAppender(table)
  try {
    appendChunks(appender, columns, rowCount)
    appender.flushSync()
  } finally {
    appender.closeSync()
  }
}

function appendChunks(appender: DuckDBAppender, columns: readonly Column[], rowCount: number): void {
  const types = columns.map(({ kind }) => CHUNK_TYPES[kind])
  for (let from = 0; from < rowCount; from += ROWS) {
    const count = Math.min(ROWS, rowCount - from)
    const chunk = DuckDBDataChunk.create(types, count)
    for (const [c, column] of columns.entries())
      fill(chunk.getColumnVector(c) as NumericVector, column, from, count)
    appender.appendDataChunk(chunk)
  }
}

function fill(vector: NumericVector, column: Column, from: number, count: number): void {
  const part = column.values.subarray(from, from + count)
  if (column.kind === 'big') {
    const items = vector.items as BigInt64Array
    for (let i = 0; i < count; i++) items[i] = part[i] === part[i] ? BigInt(part[i]!) : 0n
  } else (vector.items as Float64Array).set(part)
  const absent = column.kind === 'int' ? ABSENT_INT : column.kind === 'text' ? -1 : NaN
  for (let i = 0; i < count; i++) {
    const value = part[i]!
    if (value === absent || value !== value) vector.setItem(i, null)
  }
  vector.flush()
}
