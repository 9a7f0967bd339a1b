/** The synthetic consortium as tables: visits, claims, the roll of members, the truth, and the ledger of errors. */
import { dayOfCivil } from '../../shared/domain/dates.ts'
import { clockText, COST_TRUTH, isoDay } from './facts.ts'
import type { VisitFacts } from './facts.ts'
import { departmentOf } from './content.ts'
import { ERROR_RATES } from './errors.ts'
import type { Life } from './generate-patients.ts'
import { DAYS_PER_YEAR, HOSPITALS, riskIntervals, TRUTH } from './model.ts'
import { employerGroups, enrolmentOf, NATIONAL_PAID_SHARE, PLANS } from './plans.ts'
import type { EmployerGroup } from './plans.ts'

export const VISITS_HEADER =
  'visitId,hospital,status,mrn,nationalId,name,latinName,sex,birthDate,region,class,admission,admissionTime,discharge,' +
  'department,payer,insurer,plan,group,memberNumber,sbp,dbp,hr,height,weight,bmi,smoking,specimenDate,resultDate,' +
  'hba1c,hba1cUnit,glucose,glucoseUnit,ldl,ldlUnit,hdl,tg,creat,creatUnit,alt,hgb,k,dx,px,meds,icuDays,disposition,' +
  'deathDate,billed,allowed,paid,currency\n'
export const CLAIMS_HEADER =
  'claimId,visitId,hospital,memberNumber,insurer,plan,group,type,status,currency,billed,allowed,paidByPayer,' +
  'paidByPatient,submitted,adjudicated,reverses\n'
export const ENROLMENT_HEADER =
  'memberNumber,payer,insurer,group,plan,sex,birthYear,from,to,premiumMonthly,currency\n'
export const LEDGER_HEADER = 'visitId,error,field,before,after\n'
export const TRUTH_CP_HEADER = 'id,start,stop,event,age,male,sbp,bmi,smoking,hba1c,ldl,egfr,hospital\n'
export const TRUTH_COST_HEADER =
  'memberNumber,group,plan,year,exposureYears,visits,expectedBilled,expectedAllowed,billed\n'

export function visitRows(life: Life): string {
  const { person, membership } = life
  const who = `${person.name},${person.latinName}`
  const insurance = `${membership.payer},${membership.insurer ?? ''},${membership.plan ?? ''},${membership.group ?? ''},${membership.memberNumber ?? ''}`
  let text = ''
  for (const f of life.visits) {
    const net = netOf(f)
    text +=
      `${f.visitId},${HOSPITALS[f.hospital]!},${f.isRetracted ? 'entered-in-error' : 'finished'},${f.mrn},${f.nationalId},` +
      `${who},${f.sex},${f.birthDate},${person.region},${f.visitClass},${isoDay(f.day)},${clockText(f.minute)},` +
      `${f.dischargeDay === null ? '' : isoDay(f.dischargeDay)},${departmentOf(f)},${insurance},` +
      `${f.sbp},${f.dbp},${f.hr},${f.height},${f.weight},${f.bmi},${f.smoking},${isoDay(f.specimenDay)},` +
      `${isoDay(f.resultDay)},${f.hba1c},${f.hba1cUnit},${f.glucose},${f.glucoseUnit},${f.ldl},${f.ldlUnit},${f.hdl},` +
      `${f.tg},${f.creat},${f.creatUnit},${f.alt},${f.hgb},${f.k},${f.dx.join(';')},${f.px},${f.meds.join(';')},` +
      `${f.visitClass === 'IMP' ? f.icuDays : ''},${f.disposition},${f.deathDay === null ? '' : isoDay(f.deathDay)},${net},TWD\n`
  }
  return text
}

/** Sums after reversals, as a hospital's own table shows them. */
function netOf(f: VisitFacts): string {
  let billed = 0
  let allowed = 0
  let paid = 0
  for (const claim of f.claims) {
    billed += claim.billed
    allowed += claim.allowed
    paid += claim.paid
  }
  return f.claims.length === 0 ? ',,' : `${billed},${allowed},${paid}`
}

export function claimRows(life: Life): string {
  const { membership } = life
  const insurance = `${membership.memberNumber ?? ''},${membership.insurer ?? ''},${membership.plan ?? ''},${membership.group ?? ''}`
  let text = ''
  for (const f of life.visits) {
    const end = f.dischargeDay ?? f.day
    for (const claim of f.claims) {
      text +=
        `${claim.claimId},${f.visitId},${HOSPITALS[f.hospital]!},${insurance},` +
        `${f.visitClass === 'IMP' ? 'institutional' : 'professional'},${claim.reverses === '' ? 'paid' : 'reversed'},TWD,` +
        `${claim.billed},${claim.allowed},${claim.paid},${claim.allowed - claim.paid},${isoDay(end + 7)},` +
        `${isoDay(end + 40)},${claim.reverses}\n`
    }
  }
  return text
}

export function enrolmentRows(seed: string, life: Life, groups: readonly EmployerGroup[]): string {
  let text = ''
  for (const row of enrolmentOf(seed, life.course, life.membership, groups)) {
    text +=
      `${row.memberNumber},${row.payer},${row.insurer},${row.group},${row.plan},${row.sex},${row.birthYear},` +
      `${isoDay(row.fromDay)},${isoDay(row.toDay)},${row.premiumMonthly},TWD\n`
  }
  return text
}

export function ledgerRows(life: Life): string {
  let text = ''
  for (const row of life.ledger)
    text += `${row.visitId},${row.error},${row.field},${row.before},${row.after}\n`
  return text
}

/** (start, stop] rows of the first event with the true covariates. */
export function truthRows(life: Life): string {
  const { course } = life
  const hospital = HOSPITALS[course.visits[0]!.hospital]!
  let text = ''
  for (const row of riskIntervals(course)) {
    const { x } = row
    text +=
      `${course.index},${row.start},${row.stop},${row.isEvent ? 1 : 0},${decimals(x.age, 4)},${x.male},` +
      `${decimals(x.sbp, 3)},${decimals(x.bmi, 4)},${x.smoking},${decimals(x.hba1c, 4)},${decimals(x.ldl, 3)},` +
      `${decimals(x.egfr, 3)},${hospital}\n`
  }
  return text
}

/** Expected and real amounts of each year under observation: what a good price should predict. */
export function truthCostRows(life: Life): string {
  const { course, membership } = life
  const years = new Map<number, { visits: number; expected: number; billed: number }>()
  for (const f of life.visits) {
    if (f.isRetracted || f.visitId.endsWith('-D') || f.visitId.endsWith('-X')) continue
    const year = Number(isoDay(f.day).slice(0, 4))
    const sums = years.get(year) ?? { visits: 0, expected: 0, billed: 0 }
    sums.visits++
    sums.expected += f.expectedBilled
    for (const claim of f.claims) sums.billed += claim.billed
    years.set(year, sums)
  }
  const entryYear = Number(isoDay(course.entryDay).slice(0, 4))
  const endYear = Number(isoDay(course.entryDay + course.end).slice(0, 4))
  const share = COST_TRUTH.allowedShare.low + COST_TRUTH.allowedShare.width / 2
  let text = ''
  for (let year = entryYear; year <= endYear; year++) {
    const sums = years.get(year) ?? { visits: 0, expected: 0, billed: 0 }
    const first = Math.max(course.entryDay, dayOfYear(year))
    const last = Math.min(course.entryDay + course.end, dayOfYear(year + 1) - 1)
    text +=
      `${membership.memberNumber ?? ''},${membership.group ?? ''},${membership.plan ?? ''},${year},` +
      `${decimals((last - first + 1) / DAYS_PER_YEAR, 4)},${sums.visits},${decimals(sums.expected, 2)},` +
      `${decimals(sums.expected * share, 2)},${sums.billed}\n`
  }
  return text
}

export interface Totals {
  patients: number
  visits: number
  mace: number
  deaths: number
  errors: number
}

/** The parameters behind the files, for whoever wants to find them again. */
export function truthDocument(seed: string, totals: Totals, hasErrors: boolean): object {
  return {
    generator: 'consilium-synthetic/1',
    seed,
    ...totals,
    model: TRUTH,
    hospitals: HOSPITALS,
    cost: { ...COST_TRUTH, nationalPaidShare: NATIONAL_PAID_SHARE },
    plans: PLANS,
    employerGroups: employerGroups(seed),
    lateResults: { share: 0.05, daysLow: 3, daysHigh: 20 },
    retractedShare: 0.002,
    reversedClaimShare: 0.005,
    errorRates: hasErrors ? ERROR_RATES : null,
  }
}

const yearStarts = new Map<number, number>()

function dayOfYear(year: number): number {
  let day = yearStarts.get(year)
  if (day === undefined) {
    day = dayOfCivil(year, 1, 1)
    yearStarts.set(year, day)
  }
  return day
}

const POWERS = [1, 10, 100, 1000, 10_000]

/** A rounded number without superfluous zeros. */
function decimals(value: number, digits: number): string {
  const power = POWERS[digits]!
  return String(Math.round(value * power) / power)
}
