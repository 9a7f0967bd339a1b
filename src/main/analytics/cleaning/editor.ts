/** The only hand that changes rows under cleaning: it never touches a source, and keeps count of what it did and why. Pure. */
import type { CleaningReason, CleaningStepName } from '../../../shared/domain/cleaning.ts'
import type { FactRow, FactTable } from '../facts/fact-tables.ts'
import { withRows, type CleanPerson, type CleanRow } from './cleaned.ts'

export type CleaningAct = 'derived' | 'left-out' | 'flagged'

export interface ReasonCount {
  readonly act: CleaningAct
  readonly reason: CleaningReason
  readonly table: FactTable
  readonly rows: number
}

/** One change with what identifies its row: for people who may open records. */
export interface CleaningChange {
  readonly act: CleaningAct
  readonly reason: CleaningReason
  readonly table: FactTable
  readonly patient: string
  readonly block: number
  /** Place within the visit; null for the visit itself. */
  readonly seq: number | null
  readonly column: string | null
  readonly before: string | null
  readonly after: string | null
  readonly note: string | null
  /** The row as it was written, for whoever looks at the change; no part of what is hashed. */
  readonly source: Readonly<FactRow<FactTable>>
}

/** Changes that a report shows, and how many of one reason at most, so that a frequent one does not hide the others. */
const SAMPLE_MAX = 20
const SAMPLE_OF_REASON_MAX = 4

export interface Editor {
  derive<Table extends FactTable>(
    person: CleanPerson,
    table: Table,
    row: CleanRow<Table>,
    changes: Partial<FactRow<Table>>,
    reason: CleaningReason,
    note?: string,
  ): CleanRow<Table>
  leaveOut<Table extends FactTable>(
    person: CleanPerson,
    table: Table,
    row: CleanRow<Table>,
    reason: CleaningReason,
    note?: string,
  ): CleanRow<Table>
  flag<Table extends FactTable>(
    person: CleanPerson,
    table: Table,
    row: CleanRow<Table>,
    reason: CleaningReason,
    note?: string,
  ): CleanRow<Table>
  /** Visits, and with them whatever belongs to them. */
  leaveOutVisits(
    person: CleanPerson,
    reasonOf: (visit: CleanRow<'visit'>) => CleaningReason | null,
  ): CleanPerson
  /** Some persons are through: of their rows only the count is kept. */
  forgetRows(): void
  done(): {
    rowsChanged: number
    rowsFlagged: number
    reasons: ReasonCount[]
    sample: CleaningChange[]
  }
}

const CHILDREN = ['observation', 'diagnosis', 'procedure', 'prescription', 'claim'] as const

export function createEditor(step: CleaningStepName): Editor {
  /** Sources of the persons who are under way: a row that is changed twice counts once. */
  const derived = new Set<object>()
  const flagged = new Set<object>()
  let rowsChanged = 0
  let rowsFlagged = 0
  const counts = new Map<
    string,
    { act: CleaningAct; reason: CleaningReason; table: FactTable; rows: number }
  >()
  const sample: CleaningChange[] = []

  const count = (act: CleaningAct, reason: CleaningReason, table: FactTable): number => {
    const key = `${act} ${reason} ${table}`
    const known = counts.get(key)
    if (known === undefined) counts.set(key, { act, reason, table, rows: 1 })
    else known.rows++
    return known?.rows ?? 1
  }

  const note = (
    act: CleaningAct,
    reason: CleaningReason,
    table: FactTable,
    person: CleanPerson,
    row: CleanRow<FactTable>,
    change: Pick<CleaningChange, 'column' | 'before' | 'after' | 'note'>,
  ): void => {
    if (count(act, reason, table) > SAMPLE_OF_REASON_MAX || sample.length >= SAMPLE_MAX) return
    const { block } = row.source
    const seq = 'seq' in row.source ? (row.source as { seq: number | null }).seq : null
    const { source } = row
    sample.push({ act, reason, table, patient: person.patients[0]!, block: block!, seq, ...change, source })
  }

  const withFlag = <Table extends FactTable>(
    row: CleanRow<Table>,
    reason: CleaningReason,
    said: string | undefined,
  ): CleanRow<Table>['flags'] => [
    ...row.flags,
    said === undefined ? { step, reason } : { step, reason, note: said },
  ]

  const editor: Editor = {
    derive(person, table, row, changes, reason, said) {
      derived.add(row.source)
      const [column] = Object.keys(changes)
      const key = column as keyof typeof row.now
      note('derived', reason, table, person, row as CleanRow<FactTable>, {
        column: column!,
        before: textOf(row.now[key]),
        after: textOf((changes as typeof row.now)[key]),
        note: said ?? null,
      })
      return { ...row, now: { ...row.now, ...changes }, flags: withFlag(row, reason, said) }
    },
    leaveOut(person, table, row, reason, said) {
      note('left-out', reason, table, person, row as CleanRow<FactTable>, {
        column: null,
        before: null,
        after: null,
        note: said ?? null,
      })
      return { ...row, isKept: false, flags: withFlag(row, reason, said) }
    },
    flag(person, table, row, reason, said) {
      flagged.add(row.source)
      const value = table === 'observation' ? (row.now as FactRow<'observation'>).canonical : null
      const code = table === 'diagnosis' ? (row.now as FactRow<'diagnosis'>).code : null
      note('flagged', reason, table, person, row as CleanRow<FactTable>, {
        column: table === 'observation' ? 'canonical' : table === 'diagnosis' ? 'code' : null,
        before: textOf(value ?? code),
        after: null,
        note: said ?? null,
      })
      return { ...row, flags: withFlag(row, reason, said) }
    },
    leaveOutVisits(person, reasonOf) {
      const gone = new Set<number>()
      let out = withRows(person, 'visit', (row) => {
        const reason = row.isKept ? reasonOf(row) : null
        if (reason === null) return row
        gone.add(row.now.block!)
        return editor.leaveOut(person, 'visit', row, reason)
      })
      if (gone.size === 0) return person
      for (const table of CHILDREN)
        out = withRows(out, table, (row) =>
          row.isKept && gone.has(row.now.block!)
            ? editor.leaveOut(person, table, row, 'visit-left-out')
            : row,
        )
      return out
    },
    forgetRows() {
      rowsChanged += derived.size
      rowsFlagged += flagged.size
      derived.clear()
      flagged.clear()
    },
    done: () => ({
      rowsChanged: rowsChanged + derived.size,
      rowsFlagged: rowsFlagged + flagged.size,
      reasons: [...counts.values()],
      sample,
    }),
  }
  return editor
}

const textOf = (value: string | number | null | undefined): string | null =>
  value === null || value === undefined ? null : String(value)
