import { describe, expect, it } from 'vitest'
import { consentScope, diagnosis, encounter } from '../../shared/domain/visit.ts'
import * as clinical from '../words/clinical.ts'
import * as entry from '../words/entry.ts'
import * as patients from '../words/patients.ts'
import { nameOfPart, wordOfPart } from './version-words.ts'

const en = { clinical: clinical.en, entry: entry.en, patients: patients.en }
const zhHant = { clinical: clinical.zhHant, entry: entry.zhHant, patients: patients.zhHant }

describe('words of what differs between two versions', () => {
  it('say the codes of a record in both languages', () => {
    for (const words of [en, zhHant]) {
      for (const scope of consentScope.options)
        expect(wordOfPart(words, 'consent', 'consentScope', scope)).not.toBe(scope)
      for (const payer of encounter.shape.payer.shape.type.options)
        expect(wordOfPart(words, 'encounter', 'payer', payer)).not.toBe(payer)
      for (const role of diagnosis.shape.role.options)
        expect(wordOfPart(words, 'diagnoses', 'role', role)).not.toBe(role)
      expect(wordOfPart(words, 'outcome', 'deathInHospital', 'true')).not.toBe('true')
      expect(wordOfPart(words, 'prescriptions', 'frequency', 'bid')).not.toBe('bid')
      for (const field of ['class', 'status', 'payer', 'dischargeDisposition', 'admission'])
        expect(nameOfPart(words, 'encounter', field)).not.toBe(field)
      for (const field of ['icuDays', 'deathInHospital'])
        expect(nameOfPart(words, 'outcome', field)).not.toBe(field)
    }
  })
  it('leave alone what is no code of theirs', () => {
    expect(wordOfPart(en, 'notes', 'text', 'PRIVATE')).toBe('PRIVATE')
    expect(wordOfPart(en, 'encounter', 'admitSource', 'constructor')).toBe('constructor')
    expect(nameOfPart(en, 'observations', 'Potassium')).toBe('Potassium')
  })
})
