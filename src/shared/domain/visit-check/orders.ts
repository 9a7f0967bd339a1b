/** Rules of procedures and prescriptions. */
import { formatDay, parseWhen } from '../dates.ts'
import { swapInto, type Add, type CheckContext, type CheckedVisit, type Stay } from './rules.ts'

const ICD10_PROCEDURE_SYSTEMS = [
  'http://www.cms.gov/Medicare/Coding/ICD10',
  'http://hl7.org/fhir/sid/icd-10-pcs',
]

export function checkProcedures(visit: CheckedVisit, stay: Stay, add: Add): void {
  visit.procedures.forEach((procedure, index) => {
    const path = `procedures.${index}`
    const { code } = procedure
    if (ICD10_PROCEDURE_SYSTEMS.includes(code.system) && !/^[0-9A-HJ-NP-Z]{7}$/.test(code.code)) {
      const better = code.code.toUpperCase().replace(/O/g, '0').replace(/I/g, '1').replace(/[.\s]/g, '')
      const isBetter = /^[0-9A-HJ-NP-Z]{7}$/.test(better)
      add(`${path}.code`, 'code-malformed', 'refuse', { value: code.code }, isBetter ? better : undefined)
    }
    const start = procedure.performed === undefined ? null : parseWhen(procedure.performed)
    const end = procedure.performedEnd === undefined ? null : parseWhen(procedure.performedEnd)
    if (procedure.performed !== undefined && start === null) {
      add(`${path}.performed`, 'date-does-not-exist', 'refuse', { value: procedure.performed })
    }
    if (procedure.performedEnd !== undefined && end === null) {
      add(`${path}.performedEnd`, 'date-does-not-exist', 'refuse', { value: procedure.performedEnd })
    }
    if (start !== null && end !== null && end.last < start.first) {
      const params = { value: procedure.performedEnd!, limit: procedure.performed! }
      add(`${path}.performedEnd`, 'end-before-start', 'refuse', params)
    }
    if (start !== null && stay.admission !== null) {
      const last = (stay.discharge ?? (visit.encounter.class === 'IMP' ? null : stay.admission))?.last
      const isOutside =
        start.last < stay.admission.first - 1 || (last !== undefined && start.first > last + 1)
      if (isOutside) {
        const params = { value: procedure.performed!, limit: formatDay(stay.admission.first) }
        add(
          `${path}.performed`,
          'outside-stay',
          'confirm',
          params,
          swapInto(procedure.performed!, stay.admission.first - 1, (last ?? stay.admission.first + 365) + 1),
        )
      }
    }
  })
}

const ATC_SUBSTANCE = /^[A-Z][0-9]{2}[A-Z]{2}[0-9]{2}$/

export function checkPrescriptions(visit: CheckedVisit, context: CheckContext, add: Add): void {
  const isForm = context.mode === 'form'
  visit.prescriptions.forEach((prescription, index) => {
    const path = `prescriptions.${index}`
    if (prescription.ingredientAtc !== undefined && !ATC_SUBSTANCE.test(prescription.ingredientAtc)) {
      add(`${path}.ingredientAtc`, 'code-malformed', 'refuse', { value: prescription.ingredientAtc })
    }
    if (isForm) {
      if (prescription.start === undefined) add(`${path}.start`, 'required', 'refuse', { field: 'start' })
      if (prescription.end === undefined && prescription.daysSupply === undefined) {
        add(`${path}.daysSupply`, 'required', 'refuse', { field: 'daysSupply' })
      }
      if (prescription.asNeeded !== true) {
        if (prescription.dose === undefined) add(`${path}.dose`, 'required', 'refuse', { field: 'dose' })
        if (prescription.perDay === undefined && prescription.frequency === undefined) {
          add(`${path}.frequency`, 'required', 'refuse', { field: 'frequency' })
        }
      }
    }
    const start = prescription.start === undefined ? null : parseWhen(prescription.start)
    const end = prescription.end === undefined ? null : parseWhen(prescription.end)
    if (prescription.start !== undefined && start === null) {
      add(`${path}.start`, 'date-does-not-exist', 'refuse', { value: prescription.start })
    }
    if (prescription.end !== undefined && end === null) {
      add(`${path}.end`, 'date-does-not-exist', 'refuse', { value: prescription.end })
    }
    const days = prescription.daysSupply
    if (start !== null && end !== null) {
      const params = { value: prescription.end!, limit: prescription.start! }
      if (end.last < start.first) add(`${path}.end`, 'end-before-start', 'refuse', params)
      else if (days !== undefined && start.precision === 'day' && end.first !== start.first + days - 1) {
        const expected = formatDay(start.first + days - 1)
        add(
          `${path}.end`,
          'supply-does-not-match-end',
          'confirm',
          { value: prescription.end!, limit: expected },
          expected,
        )
      }
    }
    if (days !== undefined && days > 365) {
      add(`${path}.daysSupply`, 'supply-over-one-year', 'confirm', { value: String(days), limit: '365' })
    }
    if (prescription.refills !== undefined && prescription.refills > 12) {
      add(`${path}.refills`, 'refills-over-twelve', 'confirm', {
        value: String(prescription.refills),
        limit: '12',
      })
    }
  })
}
