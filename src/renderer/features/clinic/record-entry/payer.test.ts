import { describe, expect, it } from 'vitest'
import { emptyForm, patchEncounter, type VisitForm } from './form.ts'
import { isInsurerAsked, payerFormOf, readPayer } from './payer.ts'

const form = emptyForm({ day: '2026-05-03', time: '09:00', rowId: () => 'r' })
const payer = { type: 'PRIVATE', organisation: 'Blue', plan: 'gold', memberToken: 'tok' } as const
const insured: VisitForm = { ...form, encounter: { ...form.encounter, ...payerFormOf(payer) } }
const limited = (_field: string, text: string) => text.trim() || undefined
const said = ({ encounter }: VisitForm) => readPayer(encounter, limited)

describe('the payer of a form', () => {
  it('is written back as it came, and a typed number takes the place of the token', () => {
    expect(said(insured)).toEqual({ payer, memberNumber: undefined })
    const { memberToken: _token, ...rest } = payer
    expect(said(patchEncounter(insured, { memberNumber: ' Ｍ12 ' }))).toEqual({
      payer: rest,
      memberNumber: 'M12',
    })
  })
  it('keeps no number of another insurer', () => {
    expect(said(patchEncounter(insured, { payerOrganisation: 'Green' })).payer.memberToken).toBeUndefined()
    expect(said(patchEncounter(insured, { payer: 'OTHER' })).payer).toEqual({
      type: 'OTHER',
      organisation: 'Blue',
      plan: 'gold',
    })
    expect(said(patchEncounter(insured, { payerPlan: 'silver' })).payer.memberToken).toBe('tok')
  })
  it('keeps the number while a name is corrected and is the first one again, or was not said before', () => {
    const half = patchEncounter(insured, { payerOrganisation: 'Blu' })
    expect(said(half).payer.memberToken).toBeUndefined()
    expect(said(patchEncounter(half, { payerOrganisation: ' Blue ' })).payer.memberToken).toBe('tok')
    const nameless = {
      ...form,
      encounter: { ...form.encounter, ...payerFormOf({ type: 'OTHER', memberToken: 'x' }) },
    }
    expect(said(patchEncounter(nameless, { payerOrganisation: 'Green' })).payer.memberToken).toBe('x')
  })
  it('has a person say that it is the same number under another name, or none', () => {
    const renamed = patchEncounter(insured, { payerOrganisation: 'Blue Ltd' })
    const same = patchEncounter(renamed, { memberChoice: 'same' })
    expect(said(same).payer.memberToken).toBe('tok')
    expect(said(patchEncounter(same, { payerOrganisation: 'Blue Ltd.' })).payer.memberToken).toBe('tok')
    expect(said(patchEncounter(same, { payer: 'OTHER' })).payer.memberToken).toBeUndefined()
    expect(said(patchEncounter(same, { memberNumber: 'M 1' })).payer.memberToken).toBeUndefined()
    expect(said(patchEncounter(insured, { memberChoice: 'none' })).payer).toEqual({
      type: 'PRIVATE',
      organisation: 'Blue',
      plan: 'gold',
    })
  })
  it('is asked about while it has anything to say', () => {
    expect(isInsurerAsked(insured.encounter)).toBe(true)
    const own = patchEncounter(insured, { payer: 'SELF', payerOrganisation: '', payerPlan: '' })
    expect(isInsurerAsked(own.encounter)).toBe(false)
  })
  it('of a correction lets name and plan of the old payer go with it, and has them again when it is chosen again', () => {
    const encounter = { class: 'AMB', status: 'finished', admission: { at: '2026-05-03' }, payer } as const
    const source = {
      encounter,
      observations: [],
      diagnoses: [],
      procedures: [],
      prescriptions: [],
      claims: [],
    }
    const correction = { ...insured, source: { ...source, notes: [], consent: { scope: 'all' as const } } }
    const other = patchEncounter(correction, { payer: 'NHI' })
    expect(said(other).payer).toEqual({ type: 'NHI' })
    expect(said(patchEncounter(other, { payer: 'PRIVATE' })).payer).toEqual(payer)
    const typed = patchEncounter(other, { payerOrganisation: 'Green' })
    expect(said(patchEncounter(typed, { payer: 'PRIVATE' })).payer.organisation).toBe('Green')
  })
})
