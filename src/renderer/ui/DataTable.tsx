/** A table that sorts in its header and draws only the rows in sight once there are many. Keyboard: arrows, Enter. */
import { useVirtualizer } from '@tanstack/react-virtual'
import {
  type ColumnDef,
  createSortedRowModel,
  rowSortingFeature,
  sortFn_basic,
  sortFn_text,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { type KeyboardEvent, type ReactNode, useMemo, useRef } from 'react'
import styles from './DataTable.module.css'

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { basic: sortFn_basic, text: sortFn_text },
})
type Features = typeof features

export interface TableColumn<Row> {
  readonly id: string
  readonly header: string
  /** What is compared when sorted. */
  value(row: Row): string | number | null
  cell?(row: Row): ReactNode
  readonly isNumeric?: boolean
  /** CSS width of a grid track, e.g. `minmax(10rem, 2fr)`. */
  readonly width: string
}

interface Props<Row> {
  readonly label: string
  readonly columns: readonly TableColumn<Row>[]
  readonly rows: readonly Row[]
  rowId(row: Row): string
  readonly selectedId?: string | undefined
  onOpen?(row: Row): void
  onSelect?(row: Row): void
  readonly words: { readonly sortedUp: string; readonly sortedDown: string; sort(column: string): string }
}

const ROW_HEIGHT = 32

export function DataTable<Row extends object>(props: Props<Row>) {
  const { columns, rows } = props
  const definitions = useMemo(
    () =>
      columns.map((column): ColumnDef<Features, Row> => ({
        id: column.id,
        accessorFn: (row) => column.value(row),
        header: column.header,
        sortFn: column.isNumeric ? 'basic' : 'text',
        sortUndefined: 'last',
      })),
    [columns],
  )
  const table = useTable<Features, Row>({
    features,
    columns: definitions,
    data: rows as Row[],
    getRowId: props.rowId,
  })
  const sorted = table.getRowModel().rows
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  })
  const narrowest = `${columns.length * 6}rem`
  const tracks = columns.map((column) => column.width).join(' ')

  const focusRow = (index: number) => {
    virtualizer.scrollToIndex(index)
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus({ preventScroll: true }),
    )
  }
  const onKeyDown = (event: KeyboardEvent<HTMLElement>, index: number, row: Row) => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 320) / ROW_HEIGHT) - 2)
    const moves: Record<string, number> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      PageDown: index + page,
      PageUp: index - page,
      Home: 0,
      End: sorted.length - 1,
    }
    const next = moves[event.key]
    if (next !== undefined) {
      event.preventDefault()
      const bounded = Math.min(Math.max(0, next), sorted.length - 1)
      focusRow(bounded)
      const target = sorted[bounded]
      if (target) props.onSelect?.(target.original)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      props.onOpen?.(row)
    }
  }

  return (
    <div ref={scroller} className={styles.scroller}>
      <div
        role="grid"
        aria-label={props.label}
        aria-rowcount={sorted.length + 1}
        style={{ minWidth: narrowest }}
      >
        <div role="rowgroup" className={styles.head}>
          <div role="row" className={styles.row} style={{ gridTemplateColumns: tracks }}>
            {table.getHeaderGroups()[0]?.headers.map((header, i) => {
              const direction = header.column.getIsSorted()
              const column = columns[i]
              return (
                <div
                  key={header.id}
                  role="columnheader"
                  aria-sort={direction === 'asc' ? 'ascending' : direction === 'desc' ? 'descending' : 'none'}
                  className={styles.cell}
                  data-numeric={column?.isNumeric || undefined}
                >
                  <button
                    type="button"
                    className={styles.sort}
                    title={props.words.sort(column?.header ?? '')}
                    onClick={header.column.getToggleSortingHandler()}
                  >
                    {column?.header}
                    {direction === 'asc' && <IconChevronUp size={14} aria-label={props.words.sortedUp} />}
                    {direction === 'desc' && (
                      <IconChevronDown size={14} aria-label={props.words.sortedDown} />
                    )}
                  </button>
                </div>
              )
            })}
          </div>
        </div>
        <div role="rowgroup" style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
          {virtualizer.getVirtualItems().map((item) => {
            const row = sorted[item.index]
            if (!row) return null
            const isSelected = row.id === props.selectedId
            return (
              <div
                key={row.id}
                role="row"
                aria-rowindex={item.index + 2}
                aria-selected={props.onSelect ? isSelected : undefined}
                data-index={item.index}
                data-selected={isSelected || undefined}
                data-clickable={props.onOpen ? true : undefined}
                tabIndex={isSelected || (item.index === 0 && !props.selectedId) ? 0 : -1}
                className={`${styles.row} ${styles.body}`}
                style={{ gridTemplateColumns: tracks, transform: `translateY(${item.start}px)` }}
                onClick={() => {
                  props.onSelect?.(row.original)
                  props.onOpen?.(row.original)
                }}
                onKeyDown={(event) => onKeyDown(event, item.index, row.original)}
              >
                {columns.map((column) => (
                  <div
                    key={column.id}
                    role="gridcell"
                    className={styles.cell}
                    data-numeric={column.isNumeric || undefined}
                    title={column.cell ? undefined : String(column.value(row.original))}
                  >
                    {column.cell ? column.cell(row.original) : column.value(row.original)}
                  </div>
                ))}
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}
