/** An ordinary visit, as the form hands it in. */
import type { VisitInput } from '../../shared/contract/records.ts'

/** Of hypertension at half past nine; `over` replaces whole parts. */
export const plainVisit = (patientId: string, day: string, over: Partial<VisitInput> = {}): VisitInput => ({
  patientId,
  encounter: {
    class: 'AMB',
    status: 'finished',
    admission: { at: `${day}T09:30:00+08:00` },
    department: { system: 'local', code: 'AA', display: 'Family medicine' },
    payer: { type: 'NHI' },
  },
  observations: [],
  diagnoses: [
    {
      code: { system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'I10', display: 'Hypertension' },
      sourceCodings: [],
      role: 'principal',
      rank: 1,
      verification: 'confirmed',
    },
  ],
  procedures: [],
  prescriptions: [],
  claims: [],
  notes: [],
  consent: { scope: 'treatment-and-research' },
  confirmations: [],
  ...over,
})
