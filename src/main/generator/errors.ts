/**
 * Plants the errors that real files have, and keeps a ledger of each with the value before and after, so that cleaning
 * can be scored by what it finds and by what it wrongly changes.
 */
import { parseDay } from '../../shared/domain/dates.ts'
import { HOSPITALS } from './model.ts'
import { hundredths, isoDay, mrnOf, tenths } from './facts.ts'
import type { VisitFacts } from './facts.ts'
import { streamOf } from './random.ts'

export interface LedgerRow {
  visitId: string
  error: string
  field: string
  before: string
  after: string
}

/** Probability of each error, per visit that has the field. */
export const ERROR_RATES = {
  'unit-hba1c': 0.02,
  'unit-ldl': 0.03,
  'unit-creatinine': 0.03,
  'shift-sbp': 0.0008,
  'shift-bmi': 0.0008,
  sex: 0.0005,
  'birth-date-swapped': 0.001,
  'discharge-before-admission': 0.001,
  'icd-typo': 0.005,
  'full-width-digits': 0.001,
  'exact-duplicate': 0.005,
  'wrong-patient': 0.002,
} as const

/** The visits as they were really typed. The input is left as it is. */
export function withErrors(
  seed: string,
  index: number,
  visits: readonly VisitFacts[],
): { visits: VisitFacts[]; ledger: LedgerRow[] } {
  const dirt = streamOf(seed, index, 'dirt')
  const ledger: LedgerRow[] = []
  const out: VisitFacts[] = []
  for (const clean of visits) {
    const visit: VisitFacts = { ...clean }
    const note = (error: keyof typeof ERROR_RATES, field: string, before: string, after: string) =>
      ledger.push({ visitId: visit.visitId, error, field, before, after })

    if (visit.hba1c !== '' && dirt.chance(ERROR_RATES['unit-hba1c'])) {
      const before = `${visit.hba1c} ${visit.hba1cUnit}`
      visit.hba1c = String(Math.round((Number(visit.hba1c) - 2.152) / 0.0915))
      visit.hba1cUnit = dirt.chance(0.7) ? 'mmol/mol' : '%'
      note('unit-hba1c', 'hba1c', before, `${visit.hba1c} ${visit.hba1cUnit}`)
    }
    if (visit.ldl !== '' && dirt.chance(ERROR_RATES['unit-ldl'])) {
      const before = `${visit.ldl} ${visit.ldlUnit}`
      visit.ldl = hundredths(Number(visit.ldl) / 38.67)
      visit.ldlUnit = dirt.chance(0.8) ? 'mmol/L' : 'mg/dL'
      note('unit-ldl', 'ldl', before, `${visit.ldl} ${visit.ldlUnit}`)
    }
    if (visit.creat !== '' && dirt.chance(ERROR_RATES['unit-creatinine'])) {
      const before = `${visit.creat} ${visit.creatUnit}`
      visit.creat = String(Math.round(Number(visit.creat) * 88.42))
      visit.creatUnit = dirt.chance(0.8) ? 'umol/L' : 'mg/dL'
      note('unit-creatinine', 'creat', before, `${visit.creat} ${visit.creatUnit}`)
    }
    if (visit.sbp !== '' && dirt.chance(ERROR_RATES['shift-sbp'])) {
      const before = visit.sbp
      const isUp = dirt.chance(0.5)
      visit.sbp = String(isUp ? Number(before) * 10 : Math.round(Number(before) / 10))
      note('shift-sbp', 'sbp', before, visit.sbp)
    }
    if (visit.bmi !== '' && dirt.chance(ERROR_RATES['shift-bmi'])) {
      const before = visit.bmi
      visit.bmi = tenths(Number(before) * 10)
      note('shift-bmi', 'bmi', before, visit.bmi)
    }
    if (dirt.chance(ERROR_RATES.sex)) {
      const before = visit.sex
      visit.sex = before === 'male' ? 'female' : 'male'
      note('sex', 'sex', before, visit.sex)
    }
    if (dirt.chance(ERROR_RATES['birth-date-swapped'])) {
      const before = visit.birthDate
      const swapped = `${before.slice(0, 4)}-${before.slice(8)}-${before.slice(5, 7)}`
      if (swapped !== before && parseDay(swapped) !== null) {
        visit.birthDate = swapped
        note('birth-date-swapped', 'birthDate', before, swapped)
      }
    }
    if (dirt.chance(ERROR_RATES['discharge-before-admission'])) {
      const before = visit.dischargeDay === null ? '' : isoDay(visit.dischargeDay)
      visit.dischargeDay = visit.day - dirt.integer(1, 40)
      note('discharge-before-admission', 'discharge', before, isoDay(visit.dischargeDay))
    }
    if (dirt.chance(ERROR_RATES['icd-typo'])) {
      const before = visit.dx.join(';')
      const first = visit.dx[0]!
      const kind = dirt.integer(0, 3)
      const typed =
        kind === 0
          ? first.replace('0', 'O')
          : kind === 1
            ? first.toLowerCase()
            : kind === 2
              ? first.replace(/^(...)(.)/, '$1.$2')
              : first
      visit.dx = kind === 3 ? [...visit.dx, 'ZZZ'] : [typed, ...visit.dx.slice(1)]
      const after = visit.dx.join(';')
      if (after !== before) note('icd-typo', 'dx', before, after)
    }
    if (visit.sbp !== '' && dirt.chance(ERROR_RATES['full-width-digits'])) {
      const before = visit.sbp
      visit.sbp = fullWidth(before)
      note('full-width-digits', 'sbp', before, visit.sbp)
    }
    out.push(visit)
    if (dirt.chance(ERROR_RATES['exact-duplicate'])) {
      const copy = { ...visit, visitId: `${visit.visitId}-D`, claims: renamed(visit, 'D') }
      out.push(copy)
      ledger.push({
        visitId: copy.visitId,
        error: 'exact-duplicate',
        field: 'visitId',
        before: visit.visitId,
        after: copy.visitId,
      })
    }
    if (dirt.chance(ERROR_RATES['wrong-patient'])) {
      const hospital = dirt.integer(0, HOSPITALS.length - 1)
      const nationalId = transposed(visit.nationalId, 2 + dirt.integer(0, 6))
      const copy = {
        ...visit,
        visitId: `${visit.visitId}-X`,
        hospital,
        nationalId,
        mrn: `${mrnOf(index, hospital)}9`,
        claims: renamed(visit, 'X'),
      }
      out.push(copy)
      ledger.push({
        visitId: copy.visitId,
        error: 'wrong-patient',
        field: 'nationalId',
        before: visit.nationalId,
        after: nationalId,
      })
    }
  }
  return { visits: out, ledger }
}

function renamed(visit: VisitFacts, mark: string): VisitFacts['claims'] {
  return visit.claims.map((claim) => ({
    ...claim,
    claimId: `${claim.claimId}-${mark}`,
    reverses: claim.reverses === '' ? '' : `${claim.reverses}-${mark}`,
  }))
}

function fullWidth(text: string): string {
  return text.replace(/[0-9]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0))
}

/** Two neighbouring characters exchanged, else (when they are equal) the first one raised by one. */
function transposed(id: string, at: number): string {
  const a = id[at]!
  const b = id[at + 1]!
  if (a !== b) return id.slice(0, at) + b + a + id.slice(at + 2)
  return id.slice(0, at) + String((Number(a) + 1) % 10) + id.slice(at + 1)
}
