/** Taking a claim back: a new claim with the amounts turned round, which names the one that it reverses. Pure. */
import { type ClaimRow, emptyLine, isBlankLine, type VisitForm, sourceIndexOf } from './form.ts'

/** What a claim of the form is called in the record: one of the source keeps its own name. */
export function claimIdOf(form: Pick<VisitForm, 'source'>, row: Pick<ClaimRow, 'id'>): string {
  const place = sourceIndexOf(row.id)
  return (place === null ? undefined : form.source?.claims[place]?.claimId) ?? row.id
}

export const isReversed = (form: Pick<VisitForm, 'source' | 'claims'>, row: ClaimRow): boolean =>
  form.claims.some((each) => each.reverses === claimIdOf(form, row))

export function reversalOf(form: Pick<VisitForm, 'source'>, row: ClaimRow, rowId: () => string): ClaimRow {
  return {
    ...row,
    id: rowId(),
    status: 'submitted',
    billed: turned(row.billed),
    allowed: turned(row.allowed),
    paidByPayer: turned(row.paidByPayer),
    paidByPatient: turned(row.paidByPatient),
    copay: turned(row.copay),
    deductible: turned(row.deductible),
    submitted: '',
    adjudicated: '',
    reverses: claimIdOf(form, row),
    // The price of one stays; what is taken back is so many of it.
    lines: row.lines
      .filter((line) => !isBlankLine(line))
      .map((line) => ({ ...emptyLine(rowId()), ...line, id: rowId(), net: turned(line.net) })),
  }
}

/** The amount with the other sign; nothing and nought stay. */
function turned(amount: string): string {
  const text = amount.normalize('NFKC').trim()
  if (text === '' || /^-?[0.,]+$/.test(text)) return text
  return text.startsWith('-') ? text.slice(1) : `-${text}`
}
