/** A layout made ready for reading: which cell of a row is what, by the headers that the file at hand has. */
import {
  normaliseHeader,
  type TableColumn,
  type TableField,
  type TableLayout,
} from '../../../shared/domain/table-mapping.ts'

export interface PlacedColumn {
  readonly at: number
  readonly column: TableColumn
  /** Of a test: the column that says its unit in each row. */
  readonly unitAt: number | null
}

export interface PlacedLayout {
  readonly layout: TableLayout
  readonly headers: readonly string[]
  /** All columns that are not ignored, in the order of the file. */
  readonly columns: readonly PlacedColumn[]
  /** The first column of a field, or null. */
  one(field: TableField): PlacedColumn | null
  all(field: TableField): readonly PlacedColumn[]
}

/** Columns are found by their header and, where it repeats, by its number. */
export function placeLayout(layout: TableLayout, headers: readonly string[]): PlacedLayout {
  const places = new Map<string, number[]>()
  for (const [at, header] of headers.entries()) {
    const name = normaliseHeader(header)
    const list = places.get(name)
    if (list === undefined) places.set(name, [at])
    else list.push(at)
  }
  const used = new Map<string, number>()
  const columns: { at: number; column: TableColumn; unitAt: number | null }[] = []
  for (const column of layout.columns) {
    const name = normaliseHeader(column.header)
    const nth = used.get(name) ?? 0
    used.set(name, nth + 1)
    const at = places.get(name)?.[nth]
    if (at !== undefined && column.field !== 'ignore') columns.push({ at, column, unitAt: null })
  }
  columns.sort((a, b) => a.at - b.at)
  let test: (typeof columns)[number] | null = null
  for (const each of columns) {
    if (each.column.field === 'test') test = each
    else if (each.column.field === 'test.unit' && test !== null) {
      test.unitAt = each.at
      test = null
    }
  }
  const byField = new Map<TableField, PlacedColumn[]>()
  for (const each of columns) {
    const list = byField.get(each.column.field)
    if (list === undefined) byField.set(each.column.field, [each])
    else list.push(each)
  }
  return {
    layout,
    headers,
    columns,
    one: (field) => byField.get(field)?.[0] ?? null,
    all: (field) => byField.get(field) ?? [],
  }
}
