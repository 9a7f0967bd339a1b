/** The hospital's own table of names. Nothing of it ever enters a block. */
import type { patients as patientsContract, PatientInput } from '../../shared/contract/patients.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import { parseDay, parsePartialDate } from '../../shared/domain/dates.ts'
import { registerRow } from '../patients/names-table.ts'
import { nationalIdentity, toPatient } from '../patients/patient-row.ts'
import { atDesk, profileOf, readAtDesk, type Desk, type ServiceContext } from './context.ts'
import { civilDateIn } from './facility-time.ts'

export function createPatientsService(context: ServiceContext): Handlers<typeof patientsContract> {
  return {
    search: ({ text, limit }) =>
      readAtDesk(context, async ({ names }) => {
        const { rows, total } = names.search(text, limit)
        return { patients: rows.map(toPatient), total }
      }),
    get: ({ patientId }) =>
      readAtDesk(context, async ({ names }) => {
        const row = names.get(patientId)
        return row === null ? null : toPatient(row)
      }),
    register: ({ patient, isConfirmedNew }) =>
      profileOf(context).inTurn(() => atDesk(context, (desk) => register(desk, patient, isConfirmedNew))),
  }

  async function register(
    { names, node, profile }: Desk,
    patient: PatientInput,
    isConfirmedNew: boolean,
  ): ReturnType<Handlers<typeof patientsContract>['register']> {
    const refuse = (
      field: string,
      rule: 'birth-date-impossible' | 'birth-date-future' | 'national-id-taken' | 'name-empty',
    ) => ({ kind: 'refused', field, rule }) as const
    if (patient.name.trim() === '') return refuse('name', 'name-empty')
    const born = parsePartialDate(patient.birthDate)
    if (born === null) return refuse('birthDate', 'birth-date-impossible')
    const today = parseDay(civilDateIn(profile.facts.zone, context.world.now()))
    if (today !== null && born.first > today) return refuse('birthDate', 'birth-date-future')
    if (patient.nationalId !== undefined && patient.nationalId.trim() !== '') {
      const taken = names.findByIdentity(nationalIdentity(patient.nationalId))
      if (taken !== null) return refuse('nationalId', 'national-id-taken')
    }
    const similar = isConfirmedNew ? [] : names.similar(patient)
    if (similar.length > 0) {
      const candidates = similar.map(({ row, similarity }) => ({
        patient: toPatient(row),
        score: similarity.score,
        reasons: [...similarity.reasons],
      }))
      return { kind: 'similar', candidates }
    }
    const row = registerRow(patient, context.world.now())
    const staged = names.stage()
    staged.add(row)
    await node.write(staged.writes())
    staged.apply()
    return { kind: 'registered', patient: toPatient(row) }
  }
}
