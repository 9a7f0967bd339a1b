import { describe, expect, it } from 'vitest'
import { visitInput } from '../../../../shared/contract/records.ts'
import { parseDay } from '../../../../shared/domain/dates.ts'
import { checkVisit } from '../../../../shared/domain/visit-check.ts'
import { instantText } from '../../../lib/zone.ts'
import { addRows, emptyForm, emptyLine, emptyRow } from './form.ts'
import { readForm } from './read-form.ts'
import { claimIdOf, isReversed, reversalOf } from './reversal.ts'

let serial = 0
const rowId = () => `row${++serial}`
const today = parseDay('2026-05-10')!
const context = { patientId: 'p1', today, zone: 'Asia/Taipei', instantText, confirmations: [] }
const claim = {
  ...emptyRow.claims('claim1'),
  billed: '1,200',
  allowed: '1000',
  paidByPayer: '800',
  paidByPatient: '200',
  copay: '0',
  status: 'paid' as const,
  drg: '470',
  submitted: '2026-05-01',
  adjudicated: '2026-05-09',
  lines: [{ ...emptyLine('l'), quantity: '2', unitPrice: '600', net: '1200' }, emptyLine('spare')],
}
const form = addRows(emptyForm({ day: '2026-05-10', time: '09:30', rowId }), 'claims', [claim], rowId)

describe('a claim', () => {
  it('says its state, its group and when it was submitted and decided', () => {
    const { visit, problems } = readForm(form, context)
    expect(problems).toEqual([])
    expect(visit.claims[0]).toMatchObject({
      status: 'paid',
      drg: '470',
      submitted: '2026-05-01',
      adjudicated: '2026-05-09',
    })
  })
})

describe('a reversal', () => {
  it('is a new claim with the amounts turned round, which the rules take; the first one stays as it is', () => {
    const reversal = reversalOf(form, form.claims[0]!, rowId)
    const both = addRows(form, 'claims', [reversal], rowId)
    expect(isReversed(form, form.claims[0]!)).toBe(false)
    expect(isReversed(both, both.claims[0]!)).toBe(true)
    const { visit } = readForm(both, context)
    expect(visitInput.shape.claims.safeParse(visit.claims).error).toBeUndefined()
    const [first, second] = visit.claims
    expect(first).toEqual(readForm(form, context).visit.claims[0])
    expect(second).toMatchObject({
      reverses: 'claim1',
      status: 'submitted',
      billedMinor: -1200,
      allowedMinor: -1000,
      paidByPayerMinor: -800,
      paidByPatientMinor: -200,
      copayMinor: 0,
      lines: [{ quantity: '2', unitPriceMinor: 600, netMinor: -1200 }],
    })
    expect(second!.claimId).not.toBe('claim1')
    expect(second!.submitted).toBeUndefined()
    const found = checkVisit(visit, { mode: 'form', today, patient: { sex: 'male' } })
    expect(found.filter(({ path }) => path.startsWith('claims'))).toEqual([])
  })
  it('names a claim of the version that is corrected as that version does', () => {
    const source = { ...readForm(form, context).visit }
    expect(claimIdOf({ source }, { id: 'source-0' })).toBe('claim1')
    expect(claimIdOf({ source: null }, { id: 'mine' })).toBe('mine')
  })
})
