/**
 * Facts by columns: how they are kept (sealed, a run of blocks at a time) and how they are loaded. A run is independent of
 * every other one: its texts are numbered within it, so an erasure writes it anew and touches nothing else. Pure.
 */
import { assert } from '../../../shared/std/assert.ts'
import { decode, encode } from '../../node/chain/codec.ts'
import {
  FACT_TABLE_NAMES,
  FACT_TABLES,
  FACTS_LAYOUT,
  type ColumnKind,
  type Facts,
  type FactTable,
} from './fact-tables.ts'

/** Absent in an `int` column; no day and no count comes near it. */
export const ABSENT_INT = -0x8000_0000

export type Column =
  | { readonly kind: 'int'; readonly values: Int32Array }
  /** Absent: NaN, in both. */
  | { readonly kind: 'big' | 'real'; readonly values: Float64Array }
  /** Numbers into the run's texts; absent: -1. */
  | { readonly kind: 'text'; readonly values: Int32Array }

export interface TableColumns {
  readonly rowCount: number
  readonly columns: Readonly<Record<string, Column>>
}

export interface FactRun {
  /** Blocks `first` to `last`, both in it; those without a fact here could not be opened. */
  readonly first: number
  readonly last: number
  readonly texts: readonly string[]
  readonly tables: Readonly<Record<FactTable, TableColumns>>
}

/** One run of the facts of blocks `first` to `last`, in any order. */
export function runOf(first: number, last: number, facts: readonly Facts[]): FactRun {
  const texts = new Map<string, number>()
  const numberOf = (text: string): number => {
    const known = texts.get(text)
    if (known !== undefined) return known
    texts.set(text, texts.size)
    return texts.size - 1
  }
  const tables = {} as Record<FactTable, TableColumns>
  for (const table of FACT_TABLE_NAMES) {
    const rows = facts.flatMap((each) => each[table] as Record<string, string | number | null>[])
    const columns: Record<string, Column> = {}
    for (const [name, kind] of Object.entries(FACT_TABLES[table]))
      columns[name] = columnOf(
        kind,
        rows.map((row) => row[name] ?? null),
        numberOf,
      )
    tables[table] = { rowCount: rows.length, columns }
  }
  return { first, last, texts: [...texts.keys()], tables }
}

/** Bytes to seal. The layout is part of them: kept runs of another one are made anew. */
export function encodeRun({ first, last, texts, tables }: FactRun): Uint8Array {
  const columns = FACT_TABLE_NAMES.map((table) =>
    Object.keys(FACT_TABLES[table]).map((name) => bytesOf(tables[table].columns[name]!.values)),
  )
  const counts = FACT_TABLE_NAMES.map((table) => tables[table].rowCount)
  return encode([FACTS_LAYOUT, first, last, [...texts], counts, columns])
}

/** Null for another layout. */
export function decodeRun(bytes: Uint8Array): FactRun | null {
  const decoded = decode(bytes)
  if (decoded.kind === 'refused') return null
  const [layout, first, last, texts, counts, columns] = decoded.value as [
    number,
    number,
    number,
    string[],
    number[],
    Uint8Array[][],
  ]
  if (layout !== FACTS_LAYOUT) return null
  const tables = {} as Record<FactTable, TableColumns>
  for (const [t, table] of FACT_TABLE_NAMES.entries()) {
    const kinds = Object.entries(FACT_TABLES[table])
    const rowCount = counts[t]!
    tables[table] = {
      rowCount,
      columns: Object.fromEntries(
        kinds.map(([name, kind], c) => [name, readColumn(kind, columns[t]![c]!, rowCount)]),
      ),
    }
  }
  return { first, last, texts, tables }
}

function columnOf(
  kind: ColumnKind,
  cells: readonly (string | number | null)[],
  numberOf: (text: string) => number,
): Column {
  switch (kind) {
    case 'int':
      return {
        kind,
        values: Int32Array.from(cells, (cell) => (cell === null ? ABSENT_INT : (cell as number))),
      }
    case 'big':
    case 'real':
      return { kind, values: Float64Array.from(cells, (cell) => (cell === null ? NaN : (cell as number))) }
    case 'text':
      return {
        kind,
        values: Int32Array.from(cells, (cell) => (cell === null ? -1 : numberOf(cell as string))),
      }
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Int32Array | Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

function readColumn(kind: ColumnKind, bytes: Uint8Array, rowCount: number): Column {
  // A copy: an array of doubles begins at a multiple of eight.
  const { buffer } = Uint8Array.from(bytes)
  if (kind === 'int' || kind === 'text') {
    assert(bytes.length === 4 * rowCount, 'a kept column has its length')
    return { kind, values: new Int32Array(buffer) }
  }
  assert(bytes.length === 8 * rowCount, 'a kept column has its length')
  return { kind, values: new Float64Array(buffer) }
}
