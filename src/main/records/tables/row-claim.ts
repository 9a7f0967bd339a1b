/** The money of one row, in the smallest unit of the mapping's currency. */
import { usualExponent } from '../../../shared/domain/currencies.ts'
import { minorOf } from '../fhir/read-claim.ts'
import { isNothing, readNumber } from './cells.ts'
import type { RowCells } from './row-cells.ts'
import type { RowContext, RowIssues, RowParts, RowVisit } from './row.ts'

export function claimReader({ placed, raw, codeText }: RowCells, { mapping }: RowContext) {
  const exponent = usualExponent(mapping.currency)

  function readClaim(cells: readonly string[], ofVisit: RowVisit, result: RowParts, issues: RowIssues): void {
    const amounts: Partial<
      Record<'billedMinor' | 'allowedMinor' | 'paidByPayerMinor' | 'copayMinor', number>
    > = {}
    let header = ''
    for (const [field, name] of [
      ['claim.billed', 'billedMinor'],
      ['claim.allowed', 'allowedMinor'],
      ['claim.paid', 'paidByPayerMinor'],
      ['claim.copay', 'copayMinor'],
    ] as const) {
      const column = placed.one(field)
      const cell = raw(cells, column)
      if (column === null || isNothing(cell)) continue
      const number = readNumber(cell)
      const minor = number === null ? NaN : minorOf(number.value, exponent)
      if (!Number.isSafeInteger(minor) || Math.abs(minor) > 1e15) {
        issues.leave({ reason: 'value-not-readable', column: column.column.header, value: cell })
        continue
      }
      amounts[name] = minor
      header = header === '' ? column.column.header : header
    }
    if (Object.keys(amounts).length === 0) return
    const id = codeText(cells, 'claim.id', issues, 128)
    result.claims.push({
      value: {
        claimId: id !== '' ? id : ofVisit.id !== '' ? ofVisit.id : 'unnamed',
        type: 'other',
        status: 'unknown',
        currency: mapping.currency,
        currencyExponent: exponent,
        ...amounts,
        lines: [],
      },
      column: header,
    })
  }

  return { readClaim }
}
