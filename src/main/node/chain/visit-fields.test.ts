import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as domain from '../../../shared/domain/visit.ts'
import { visitRecord } from '../../../shared/domain/visit.ts'
import { sampleVisit } from './consortium.test-kit.ts'
import type { Field } from './record.ts'
import { anyVisit } from './visit-arbitrary.test-kit.ts'
import { ENUMS, fieldsOfVisit, visitOfFields } from './visit-fields.ts'

function fieldsOf(record: domain.VisitRecord): Field[] {
  const result = fieldsOfVisit(record)
  if (result.kind === 'refused') throw new Error(`${result.reason} ${result.field}`)
  return result.fields
}

describe('fields of a visit', () => {
  it('lose nothing, for every record that the schema lets through', () => {
    fc.assert(
      fc.property(anyVisit, (record) => {
        expect(visitRecord.safeParse(record).success).toBe(true)
        const result = visitOfFields(fieldsOf(record))
        expect(result.kind).toBe('visit')
        if (result.kind === 'visit') expect(result.record).toStrictEqual(record)
      }),
      { numRuns: 300 },
    )
  })

  it('are one list for one record: what decodes, encodes to the same fields', () => {
    fc.assert(
      fc.property(
        anyVisit,
        fc.nat(),
        fc.nat(),
        fc.constantFrom('null', 'empty', 'text', 'drop', 'swap', 'double', 'rename'),
        (record, choice, slotChoice, kind) => {
          const fields = fieldsOf(record).slice()
          const at = choice % fields.length
          const [name, value] = fields[at]!
          if (kind === 'drop') fields.splice(at, 1)
          else if (kind === 'double') fields.splice(at, 0, fields[at]!)
          else if (kind === 'rename') fields[at] = [`${name}x`, value]
          else if (kind === 'swap') fields.splice((at + 1) % fields.length, 0, ...fields.splice(at, 1))
          else {
            const put = kind === 'null' ? null : kind === 'empty' ? '' : 'x'
            if (typeof value === 'string') fields[at] = [name, put ?? [null]]
            else fields[at] = [name, value.with(slotChoice % value.length, put)]
          }
          const result = visitOfFields(fields)
          if (result.kind === 'visit') expect(fieldsOf(result.record)).toStrictEqual(fields)
        },
      ),
      { numRuns: 1_500 },
    )
  })

  it('are total: any list of fields is answered, never thrown at', () => {
    const value = fc.oneof(fc.string(), fc.array(fc.option(fc.string()), { maxLength: 21 }))
    const name = fc.oneof(
      fc.string(),
      fc.constantFrom(
        'schema',
        'recordId',
        'visitId',
        'op',
        'patient.key',
        'observation.0',
        'claim.0.line.0',
        'outcome',
      ),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 12 }), (fields) => {
        expect(visitOfFields(fields).kind).toBe('refused')
      }),
      { numRuns: 500 },
    )
  })

  it('have the frozen enumerations that the schema has', () => {
    // The order of an enumeration says nothing; zod puts digits first.
    const values = (schema: { options: readonly string[] }) => [...schema.options].sort(byText)
    const frozen = Object.fromEntries(
      Object.entries(ENUMS).map(([name, options]) => [name, [...options].sort(byText)]),
    )
    const { envelope, visitPatient, encounter, observation, diagnosis, procedure, prescription, claim } =
      domain
    expect(frozen.op).toEqual(values(domain.visitOp))
    expect(frozen.reason).toEqual(values(domain.reasonCode))
    expect(frozen.origin).toEqual(values(domain.originKind))
    expect(frozen.sex).toEqual(values(visitPatient.shape.sex))
    expect(frozen.consent).toEqual(values(domain.consentScope))
    expect(frozen.encounterClass).toEqual(values(domain.encounterClass))
    expect(frozen.encounterStatus).toEqual(values(domain.encounterStatus))
    expect(frozen.payer).toEqual(values(encounter.shape.payer.shape.type))
    expect(frozen.observationKind).toEqual(values(observation.shape.kind))
    expect(frozen.observationStatus).toEqual(values(observation.shape.status))
    expect(frozen.flag).toEqual(values(observation.shape.flag.unwrap()))
    expect(frozen.valueType).toEqual(
      domain.observationValue.options.map((option) => option.shape.type.value).sort(byText),
    )
    expect(frozen.comparator).toEqual(values(domain.observationValue.options[0].shape.comparator.unwrap()))
    expect(frozen.diagnosisRole).toEqual(values(diagnosis.shape.role))
    expect(frozen.presentOnAdmission).toEqual(values(diagnosis.shape.presentOnAdmission.unwrap()))
    expect(frozen.verification).toEqual(values(diagnosis.shape.verification))
    expect(frozen.procedureStatus).toEqual(values(procedure.shape.status))
    expect(frozen.laterality).toEqual(values(procedure.shape.laterality.unwrap()))
    expect(frozen.prescriptionStatus).toEqual(values(prescription.shape.status))
    expect(frozen.intent).toEqual(values(prescription.shape.intent))
    expect(frozen.claimType).toEqual(values(claim.shape.type))
    expect(frozen.claimStatus).toEqual(values(claim.shape.status))
    expect(envelope.shape.schema.value).toBe('visit/1')
  })

  it('keep numbers as their source wrote them', () => {
    const record = sampleVisit()
    for (const text of ['7.0', '-0', '0.10', '1e3', '1E-10', '12345678901234567890.123456789']) {
      record.observations[0]!.value = { type: 'decimal', value: text }
      const result = visitOfFields(fieldsOf(record))
      expect(result.kind === 'visit' && result.record.observations[0]!.value).toEqual({
        type: 'decimal',
        value: text,
      })
    }
  })

  it('bring text to normal form C', () => {
    const fields = fieldsOf(sampleVisit(0, { notes: ['cafe\u0301'] }))
    expect(fields.at(-1)).toEqual(['note.0', 'caf\u00e9'])
  })

  it('refuse text that no record can hold, and name the field', () => {
    const lone = sampleVisit(0, { notes: ['fine', 'a\ud800'] })
    expect(fieldsOfVisit(lone)).toEqual({ kind: 'refused', reason: 'text-lone-surrogate', field: 'note.1' })
    const nul = sampleVisit()
    nul.observations[1]!.code = { system: 'local', code: 'x', display: 'a\0b' }
    expect(fieldsOfVisit(nul)).toEqual({ kind: 'refused', reason: 'text-with-nul', field: 'observation.1' })
    const number = sampleVisit()
    number.diagnoses[0]!.rank = 1.5
    expect(fieldsOfVisit(number)).toEqual({ kind: 'refused', reason: 'number-form', field: 'diagnosis.0' })
  })

  it('ask a later version for the version that it replaces and for a reason', () => {
    const amend = sampleVisit()
    amend.envelope = { ...amend.envelope, op: 'amend' }
    expect(fieldsOfVisit(amend)).toMatchObject({ reason: 'link-missing', field: 'supersedes' })
    amend.envelope = { ...amend.envelope, supersedes: 'ab'.repeat(32) }
    expect(fieldsOfVisit(amend)).toMatchObject({ reason: 'link-missing', field: 'reason' })
    amend.envelope = { ...amend.envelope, reason: { code: 'late-result' } }
    const fields = fieldsOf(amend)
    expect(visitOfFields(fields).kind).toBe('visit')
    const without = (name: string) => visitOfFields(fields.filter((field) => field[0] !== name))
    expect(without('supersedes')).toEqual({ kind: 'refused', reason: 'field-missing', field: 'supersedes' })
    expect(without('reason')).toEqual({ kind: 'refused', reason: 'field-missing', field: 'reason' })
    const created = fields.map((field): Field => (field[0] === 'op' ? ['op', 'create'] : field))
    expect(visitOfFields(created)).toEqual({
      kind: 'refused',
      reason: 'field-unexpected',
      field: 'supersedes',
    })
  })

  it('refuse a second way to say that something is absent', () => {
    const record = sampleVisit()
    record.patient = { ...record.patient, deceased: true }
    record.outcome = { adverseEvents: [] }
    record.encounter = { ...record.encounter, reason: {} }
    const fields = fieldsOf(record)
    expect(visitOfFields(fields)).toEqual({ kind: 'visit', record })
    const refusal = (name: string, change: (slots: readonly (string | null)[]) => (string | null)[]) => {
      const result = visitOfFields(
        fields.map((field): Field => (field[0] === name ? [name, change(field[1] as string[])] : field)),
      )
      return result.kind === 'refused' && result.reason
    }
    expect(refusal('patient.death', (slots) => slots.map(() => null))).toBe('field-form')
    expect(refusal('patient.death', (slots) => slots.with(4, 'cause without a code'))).toBe('field-form')
    expect(refusal('encounter.reason', (slots) => slots.with(2, 'display without a code'))).toBe('field-form')
    expect(refusal('prescription.0', (slots) => slots.with(4, null))).toBe('field-form')
    expect(refusal('prescription.0', (slots) => slots.with(4, null).with(5, null))).toBe(false)
    expect(refusal('prescription.0', (slots) => slots.with(12, '090'))).toBe('field-form')
    expect(refusal('prescription.0', (slots) => slots.with(12, '-0'))).toBe('field-form')
    expect(refusal('prescription.0', (slots) => slots.with(7, 'true'))).toBe('field-form')
    expect(refusal('observation.0', (slots) => slots.with(7, '1'))).toBe('field-form')
    expect(refusal('outcome', (slots) => slots.slice(1))).toBe('field-form')
  })

  it('name the field that is wrong', () => {
    const fields = fieldsOf(sampleVisit())
    const changed = (name: string, value: Field[1]) =>
      visitOfFields(fields.map((field): Field => (field[0] === name ? [name, value] : field)))
    expect(changed('schema', 'visit/2')).toMatchObject({ reason: 'field-form', field: 'schema' })
    expect(changed('recordId', 'AB'.repeat(16))).toMatchObject({ reason: 'field-form', field: 'recordId' })
    expect(changed('patient.sex', 'woman')).toMatchObject({ reason: 'field-form', field: 'patient.sex' })
    expect(changed('encounter.day', '2026-02-30T')).toMatchObject({
      reason: 'field-form',
      field: 'encounter.day',
    })
    expect(changed('encounter.admission', ['2026-03-01'])).toMatchObject({
      reason: 'field-form',
      field: 'encounter.admission',
    })
    expect(visitOfFields(fields.slice(0, -1)).kind).toBe('visit')
    expect(visitOfFields([...fields, ['note.2', 'x']])).toMatchObject({
      reason: 'field-unexpected',
      field: 'note.2',
    })
    expect(visitOfFields([])).toMatchObject({ reason: 'field-missing', field: 'schema' })
  })
})

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
