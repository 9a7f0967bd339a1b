import { describe, expect, it } from 'vitest'
import { parseDay } from '../../../../shared/domain/dates.ts'
import { labTestByKey, LOINC_SYSTEM } from '../../../../shared/domain/lab-tests.ts'
import type { Observation } from '../../../../shared/domain/visit.ts'
import { instantText } from '../../../lib/zone.ts'
import { emptyForm, type Source, sourceRowId, type VisitForm, type VitalKey } from './form.ts'
import { rawFormOf } from './from-record.ts'
import { wholeFormOf } from './older-draft.ts'
import { readForm } from './read-form.ts'
import { FURTHER_SETS_MAX, NO_VITALS } from './vital-sets.ts'

let serial = 0
const newId = () => `row${++serial}`
const context = {
  patientId: 'p1',
  today: parseDay('2026-05-10')!,
  zone: 'Asia/Taipei',
  instantText,
  confirmations: [],
}
const fresh = emptyForm({ day: '2026-05-10', time: '09:30', rowId: newId })
const ADMISSION = '2026-05-03T07:30:20+08:00'
const NOON = '2026-05-03T12:15:00+08:00'

const vital = (key: VitalKey, value: string, effective: string): Observation => {
  const test = labTestByKey(key)!
  return {
    code: { system: LOINC_SYSTEM, code: test.loinc, display: test.en },
    kind: 'vital',
    status: 'final',
    value: { type: 'decimal', value, unit: test.unit },
    effective,
    sourceCodings: [],
  }
}
const sourceOf = (observations: Observation[]): Source => ({
  encounter: {
    class: 'IMP',
    status: 'finished',
    admission: { at: ADMISSION },
    discharge: { at: '2026-05-05T10:00:00+08:00' },
    payer: { type: 'PRIVATE', organisation: 'Blue' },
  },
  observations,
  diagnoses: [],
  procedures: [],
  prescriptions: [],
  claims: [],
  notes: [],
  consent: { scope: 'treatment-only', ref: 'form 7' },
})
const several = sourceOf([
  vital('sbp', '150', NOON),
  vital('sbp', '120', ADMISSION),
  vital('hr', '72', ADMISSION),
  vital('sbp', '140', '2026-05-04T08:00:00+08:00'),
  vital('temp', '37.1', NOON),
])

/** As a draft of a correction was stored before vital signs had sets: the first value of each, and no key of later fields. */
function stored(source: Source, typed: Partial<VisitForm['vitals']>, dropped: string[] = []): VisitForm {
  const form = { ...rawFormOf(source, newId, sourceRowId), source, dropped }
  const vitals: Record<VitalKey, string> = { ...NO_VITALS }
  for (const { code, value } of source.observations.toReversed()) {
    const key = (Object.keys(NO_VITALS) as VitalKey[]).find((each) => labTestByKey(each)?.loinc === code.code)
    if (key !== undefined && value.type === 'decimal') vitals[key] = value.value
  }
  const { vitalsAt: _at, furtherVitals: _sets, ...old } = { ...form, vitals: { ...vitals, ...typed } }
  const { payerOrganisation: _organisation, consentRef: _ref, ...encounter } = old.encounter
  return JSON.parse(JSON.stringify({ ...old, encounter })) as VisitForm
}
const opened = (kept: VisitForm) => readForm(wholeFormOf(kept, fresh, newId), context)
const said = ({ visit }: ReturnType<typeof readForm>) =>
  visit.observations.map(({ value, effective }) => [value.type === 'decimal' && value.value, effective])

describe('a draft of a correction from before vital signs had sets', () => {
  it('loses nothing of its source and moves nothing in time', () => {
    const { visit, problems } = opened(stored(several, {}))
    expect(problems).toEqual([])
    expect(visit.observations).toEqual(several.observations)
    expect([visit.encounter.payer, visit.consent]).toEqual([several.encounter.payer, several.consent])
    const late = sourceOf([vital('hr', '72', NOON), vital('sbp', '140', '2026-05-04T08:00:00+08:00')])
    expect(opened(stored(late, {})).visit.observations).toEqual(late.observations)
  })

  it('has what was typed stand where the value was that it was typed over', () => {
    const typed = opened(stored(several, { sbp: '155', hr: '', weight: '70' }, ['observations.3']))
    expect(said(typed)).toEqual([
      ['155', NOON],
      ['120', ADMISSION],
      ['37.1', NOON],
      ['70', '2026-05-03T07:30:00+08:00'],
    ])
    const late = sourceOf([vital('hr', '72', NOON)])
    expect(said(opened(stored(late, { weight: '70' })))).toEqual([
      ['72', NOON],
      ['70', '2026-05-03T07:30:00+08:00'],
    ])
  })

  it('has it also where the form has no set for that value', () => {
    const hourly = Array.from({ length: FURTHER_SETS_MAX + 1 }, (_, i) =>
      vital('hr', String(60 + i), `2026-05-04T${String(i).padStart(2, '0')}:15:00+08:00`),
    )
    const last = vital('sbp', '140', '2026-05-05T08:00:00+08:00')
    const typed = said(opened(stored(sourceOf([...hourly, last]), { sbp: '145' })))
    expect(typed).toHaveLength(hourly.length + 1)
    expect(typed.at(-1)).toEqual(['145', '2026-05-05T08:00:00+08:00'])
  })

  it('is left as it is where it has sets, and where it is a new visit', () => {
    const kept = { ...rawFormOf(several, newId, sourceRowId), source: several, vitalsAt: '0800' }
    expect(wholeFormOf(kept, fresh, newId)).toEqual(kept)
    const { vitalsAt: _at, furtherVitals: _sets, ...first } = fresh
    expect(wholeFormOf(first as VisitForm, fresh, newId)).toEqual(fresh)
  })
})
