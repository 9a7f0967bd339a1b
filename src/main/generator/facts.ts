/**
 * What was written down at each visit: measured values as text in the hospital's units, with what is missing, late,
 * reversed or retracted. Everything here is right; wrong entries are planted afterwards (`errors.ts`).
 */
import { exp } from '../stats/det/exp.ts'
import { log } from '../stats/det/log.ts'
import { civilOfDay } from '../../shared/domain/dates.ts'
import { creatinineOf, DAYS_PER_YEAR } from './model.ts'
import type { Course, ModelOptions } from './model.ts'
import type { Person } from './people.ts'
import type { Membership } from './plans.ts'
import { streamOf } from './random.ts'

export type VisitClass = 'AMB' | 'EMER' | 'IMP'

export interface Money {
  claimId: string
  billed: number
  allowed: number
  paid: number
  /** Claim that this one takes back; amounts are negative then. */
  reverses: string
}

/** Text is empty where nothing was recorded. */
export interface VisitFacts {
  visitId: string
  /** Index into HOSPITALS. */
  hospital: number
  mrn: string
  nationalId: string
  sex: 'male' | 'female'
  birthDate: string
  visitClass: VisitClass
  day: number
  minute: number
  /** Null for visits that end on their day. */
  dischargeDay: number | null
  isRetracted: boolean
  sbp: string
  dbp: string
  hr: string
  height: string
  weight: string
  bmi: string
  smoking: '' | 'never' | 'former' | 'current'
  specimenDay: number
  resultDay: number
  hba1c: string
  hba1cUnit: string
  glucose: string
  glucoseUnit: string
  ldl: string
  ldlUnit: string
  hdl: string
  tg: string
  creat: string
  creatUnit: string
  alt: string
  hgb: string
  k: string
  dx: string[]
  px: string
  meds: string[]
  icuDays: number
  disposition: '' | 'home' | 'exp'
  deathDay: number | null
  claims: Money[]
  /** Truth: expected billed amount given what is known before the draw. */
  expectedBilled: number
}

const COST: Record<VisitClass, readonly [mean: number, deviation: number]> = {
  AMB: [7.2, 0.55],
  EMER: [8.4, 0.6],
  IMP: [10.2, 0.7],
}
export const COST_TRUTH = {
  logMeanAndDeviation: COST,
  perFurtherDiagnosis: 0.1,
  perDayOfStay: 0.06,
  perYearOfAge: 0.004,
  ageCentre: 60,
  allowedShare: { low: 0.78, width: 0.17 },
} as const

export const EVENT_CODES = ['I2109', 'I214', 'I639', 'I5023'] as const
const EVENT_WEIGHTS = [0.25, 0.3, 0.3, 0.15]
const EVENT_PROCEDURE: Record<string, string> = {
  I2109: '027034Z',
  I214: '027034Z',
  I639: 'B020ZZZ',
  I5023: 'B245ZZZ',
}
const CLASSES: readonly VisitClass[] = ['AMB', 'EMER', 'IMP']

/** Mean of exp(.06 · stay) for a stay of 1 + floor(Exp(mean)) days. */
function stayFactor(mean: number): number {
  const q = exp(-1 / mean)
  const step = exp(COST_TRUTH.perDayOfStay)
  return (step * (1 - q)) / (1 - q * step)
}

/** Every visit of a life in order of time, and the visits that were entered by mistake and retracted. */
export function factsOf(
  seed: string,
  course: Course,
  person: Person,
  membership: Membership,
  options: ModelOptions = {},
): VisitFacts[] {
  const cost = streamOf(seed, course.index, 'cost')
  const miss = streamOf(seed, course.index, 'miss')
  const detail = streamOf(seed, course.index, 'detail')
  const late = streamOf(seed, course.index, 'late')
  const male = course.male
  const heightCm = clamp((male === 1 ? 169 : 157) + 6 * detail.normal(), 140, 200)
  const own = {
    hdl: 9 * detail.normal(),
    tg: 0.35 * detail.normal(),
    hgb: 0.9 * detail.normal(),
    hr: 7 * detail.normal(),
  }
  const birthDate = isoDay(course.birthDay)
  const all: VisitFacts[] = []
  const count = course.visits.length

  for (let k = 0; k < count; k++) {
    const visit = course.visits[k]!
    const { x } = visit
    const day = course.entryDay + visit.t
    const visitClass: VisitClass = visit.isEvent ? 'IMP' : CLASSES[cost.pick([0.9, 0.05, 0.05])]!
    const meanStay = visit.isEvent ? 6 : 3
    const stay = visitClass === 'IMP' ? 1 + Math.floor(cost.exponential(meanStay)) : 0
    const dx: string[] = []
    if (visit.isEvent) dx.push(EVENT_CODES[cost.pick(EVENT_WEIGHTS)]!)
    if (x.sbp >= 140 || visit.onPressureDrug) dx.push('I10')
    if (visit.isDiabetic) dx.push(x.egfr < 60 ? 'E1122' : 'E119')
    if (visit.onStatin || x.ldl > 160) dx.push('E785')
    if (x.egfr < 60) dx.push(x.egfr < 30 ? 'N184' : 'N1830')
    if (x.bmi >= 30) dx.push('E669')
    if (dx.length === 0) dx.push('Z0000')

    const [mean, deviation] = COST[visitClass]
    const level =
      mean +
      COST_TRUTH.perFurtherDiagnosis * (dx.length - 1) +
      COST_TRUTH.perYearOfAge * (x.age - COST_TRUTH.ageCentre) +
      membership.logCost
    const billed = Math.round(exp(level + COST_TRUTH.perDayOfStay * stay + deviation * cost.normal()))
    const allowed = Math.round(
      billed * (COST_TRUTH.allowedShare.low + COST_TRUTH.allowedShare.width * cost.uniform()),
    )
    const paid = Math.round(allowed * membership.paidShare)
    const expectedBilled =
      exp(level + (deviation * deviation) / 2) * (visitClass === 'IMP' ? stayFactor(meanStay) : 1)

    const isMissing = (a: number) =>
      miss.chance(1 / (1 + exp(-(a + (visitClass === 'EMER' ? 0.9 : 0) - 0.02 * (x.age - 60)))))
    const isPressureMissing = isMissing(-3)
    const isBodyMassMissing = isMissing(-2.2)
    const isSmokingMissing = isMissing(-2)
    const isHba1cMissing = isMissing(-0.9 + (options.isMissingNotAtRandom === true ? 0.5 * (x.hba1c - 6) : 0))
    const isLdlMissing = isMissing(-0.7)
    const isCreatinineMissing = isMissing(-1)

    const sbp = Math.round(x.sbp)
    const dbp = clamp(
      Math.round(24 + 0.42 * x.sbp + 6 * detail.normal()),
      Math.max(40, sbp - 110),
      Math.min(118, sbp - 18),
    )
    const hr = clamp(Math.round(74 + own.hr + (visit.isEvent ? 14 : 0) + 6 * detail.normal()), 45, 150)
    const metres = heightCm / 100
    const glucose = clamp(0.85 * (28.7 * x.hba1c - 46.7) + 9 * detail.normal(), 45, 480)
    const hdl = clamp((male === 1 ? 46 : 56) + own.hdl + 4 * detail.normal(), 18, 110)
    const tg = clamp(exp(log(125) + own.tg + 0.02 * (x.bmi - 26) + 0.22 * detail.normal()), 35, 1200)
    const alt = clamp(exp(log(22) + 0.02 * (x.bmi - 26) + 0.35 * detail.normal()), 5, 600)
    const hgb = clamp(
      (male === 1 ? 14.6 : 13.1) + own.hgb - 0.02 * Math.max(0, 60 - x.egfr) + 0.4 * detail.normal(),
      6,
      18.5,
    )
    const potassium = clamp(4.2 + 0.006 * Math.max(0, 60 - x.egfr) + 0.3 * detail.normal(), 2.8, 6.4)
    const minute = 480 + 5 * detail.integer(0, visitClass === 'AMB' ? 108 : 180)
    const hasPanel = detail.chance(visitClass === 'AMB' ? 0.55 : 0.9)
    const isLate = late.chance(0.05)
    const delay = late.integer(3, 20)
    const isReversed = late.chance(0.005)
    const isWrongEntry = late.chance(0.002)

    const visitId = `V${course.index}-${k}`
    // H3's laboratory reports glucose in mmol/L: a habit, not an error.
    const isMolar = visit.hospital === 2
    const isLast = k === count - 1
    const endDay = course.entryDay + course.end
    const diedHere = isLast && course.death !== null && course.death - visit.t <= stay && visitClass === 'IMP'
    const claims: Money[] = [{ claimId: `C${course.index}-${k}`, billed, allowed, paid, reverses: '' }]
    if (isReversed) {
      const corrected = Math.round(allowed * 0.9)
      claims.push({
        claimId: `C${course.index}-${k}-R`,
        billed: 0 - billed,
        allowed: 0 - allowed,
        paid: 0 - paid,
        reverses: claims[0]!.claimId,
      })
      claims.push({
        claimId: `C${course.index}-${k}-2`,
        billed,
        allowed: corrected,
        paid: Math.round(corrected * membership.paidShare),
        reverses: '',
      })
    }
    const meds: string[] = []
    if (visit.onPressureDrug) meds.push('C09AA05')
    if (visit.onStatin) meds.push('C10AA05')
    if (visit.onMetformin) meds.push('A10BA02')
    const facts: VisitFacts = {
      visitId,
      hospital: visit.hospital,
      mrn: mrnOf(course.index, visit.hospital),
      nationalId: person.nationalId,
      sex: male === 1 ? 'male' : 'female',
      birthDate,
      visitClass,
      day,
      minute,
      dischargeDay: visitClass === 'IMP' ? Math.max(day, Math.min(day + stay, endDay)) : null,
      isRetracted: false,
      sbp: isPressureMissing ? '' : String(sbp),
      dbp: isPressureMissing ? '' : String(dbp),
      hr: isPressureMissing ? '' : String(hr),
      height: isBodyMassMissing ? '' : tenths(heightCm),
      weight: isBodyMassMissing ? '' : tenths(x.bmi * metres * metres),
      bmi: isBodyMassMissing ? '' : tenths(x.bmi),
      smoking: isSmokingMissing ? '' : x.smoking === 0 ? 'never' : x.smoking === 1 ? 'former' : 'current',
      specimenDay: day,
      resultDay: isLate ? day + delay : day,
      hba1c: isHba1cMissing ? '' : tenths(x.hba1c),
      hba1cUnit: isHba1cMissing ? '' : '%',
      glucose: isHba1cMissing ? '' : isMolar ? tenths(glucose / 18.0156) : String(Math.round(glucose)),
      glucoseUnit: isHba1cMissing ? '' : isMolar ? 'mmol/L' : 'mg/dL',
      ldl: isLdlMissing ? '' : String(Math.round(x.ldl)),
      ldlUnit: isLdlMissing ? '' : 'mg/dL',
      hdl: isLdlMissing ? '' : String(Math.round(hdl)),
      tg: isLdlMissing ? '' : String(Math.round(tg)),
      creat: isCreatinineMissing ? '' : hundredths(creatinineOf(x.egfr, x.age, male)),
      creatUnit: isCreatinineMissing ? '' : 'mg/dL',
      alt: hasPanel ? String(Math.round(alt)) : '',
      hgb: hasPanel ? tenths(hgb) : '',
      k: hasPanel ? tenths(potassium) : '',
      dx,
      px: visit.isEvent ? EVENT_PROCEDURE[dx[0]!]! : '',
      meds,
      icuDays: visit.isEvent ? Math.min(stay, 1 + Math.floor(detail.exponential(1.5))) : 0,
      disposition: diedHere ? 'exp' : visitClass === 'IMP' ? 'home' : '',
      deathDay: isLast && course.death !== null ? course.entryDay + course.death : null,
      claims,
      expectedBilled,
    }
    all.push(facts)
    if (isWrongEntry) {
      // Somebody entered the visit a second time and took it back: the record stays, marked.
      all.push({
        ...facts,
        visitId: `${visitId}-E`,
        isRetracted: true,
        minute: facts.minute + 5,
        claims: [],
        expectedBilled: 0,
      })
    }
  }
  return all
}

/** Record number of a patient in one hospital; other hospitals have other numbers. */
export function mrnOf(index: number, hospital: number): string {
  return `${hospital + 1}${String((index * 37 + 11) % 100_000_000).padStart(8, '0')}`
}

/** Years between entry and a day, for the truth files. */
export function yearsSinceEntry(course: Course, day: number): number {
  return (day - course.entryDay) / DAYS_PER_YEAR
}

/** One decimal, with its zero: `7.0`. */
export function tenths(value: number): string {
  const n = Math.round(value * 10)
  return `${Math.trunc(n / 10)}.${Math.abs(n % 10)}`
}

export function hundredths(value: number): string {
  const n = Math.round(value * 100)
  const rest = Math.abs(n % 100)
  return `${Math.trunc(n / 100)}.${rest < 10 ? '0' : ''}${rest}`
}

const dayTexts = new Map<number, string>()

/** `YYYY-MM-DD`; remembered, since a file names the same days again and again. */
export function isoDay(day: number): string {
  let text = dayTexts.get(day)
  if (text === undefined) {
    const civil = civilOfDay(day)
    text = `${civil.year}-${civil.month < 10 ? '0' : ''}${civil.month}-${civil.day < 10 ? '0' : ''}${civil.day}`
    dayTexts.set(day, text)
  }
  return text
}

/** `09:05` of a minute after midnight. */
export function clockText(minute: number): string {
  const hour = Math.floor(minute / 60)
  const rest = minute % 60
  return `${hour < 10 ? '0' : ''}${hour}:${rest < 10 ? '0' : ''}${rest}`
}

function clamp(x: number, low: number, high: number): number {
  return x < low ? low : x > high ? high : x
}
