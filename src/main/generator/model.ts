/**
 * The truth behind the synthetic consortium: how bodies change, when people come, and what makes a cardiovascular event
 * (MACE) or death more likely. Covariates are constant between visits at the value of the last visit, so a Cox model
 * with (start, stop] intervals is exactly right, and its estimates can be held against these numbers.
 */
import { exp } from '../stats/det/exp.ts'
import { pow } from '../stats/det/pow.ts'
import { dayOfCivil } from '../../shared/domain/dates.ts'
import { streamOf } from './random.ts'

export const HOSPITALS = ['H1', 'H2', 'H3', 'H4', 'H5'] as const
const HOSPITAL_WEIGHTS = [0.34, 0.25, 0.18, 0.14, 0.09]
export const PAYERS = ['NHI', 'PRIVATE', 'SELF'] as const

export const TRUTH = {
  beta: {
    age10: 0.55,
    male: 0.35,
    sbp10: 0.18,
    bmi5: 0.1,
    smokingCurrent: 0.6,
    smokingFormer: 0.2,
    hba1c: 0.22,
    ldlMmol: 0.15,
    egfr10: -0.12,
  },
  /** Weibull: h0(t) = lambda · nu · t^(nu-1), t in years since entry. */
  baseline: { lambda: 0.0155, nu: 1.15 },
  hospitalLogHazard: [0, 0.1, -0.1, 0.2, -0.05],
  death: { lambda: 0.0034, age10: 0.95, male: 0.3, smokingCurrent: 0.5, egfr10: -0.1, priorMace: 0.9 },
  centre: { age: 60, sbp: 130, bmi: 26, hba1c: 6, ldlMmol: 3, egfr: 80 },
  ldlMgPerMmol: 38.67,
} as const

export const ENTRY_FIRST_DAY = dayOfCivil(2014, 1, 1)
export const LAST_DAY = dayOfCivil(2023, 12, 31)
export const DAYS_PER_YEAR = 365.25

/** 0 never, 1 former, 2 current. */
export type Smoking = 0 | 1 | 2

export interface Covariates {
  age: number
  male: 0 | 1
  sbp: number
  bmi: number
  smoking: Smoking
  hba1c: number
  /** mg/dL */
  ldl: number
  egfr: number
}

export interface CourseVisit {
  /** Days since entry. */
  t: number
  hospital: number
  x: Covariates
  onPressureDrug: boolean
  onStatin: boolean
  onMetformin: boolean
  isDiabetic: boolean
  /** The visit is the event itself. */
  isEvent: boolean
}

export interface Course {
  index: number
  male: 0 | 1
  /** Days since 1970-01-01. */
  birthDay: number
  entryDay: number
  payer: number
  visits: CourseVisit[]
  /** Days since entry, or null. */
  mace: number | null
  death: number | null
  /** End of observation, days since entry. */
  end: number
}

export interface ModelOptions {
  /** People at higher risk come more often: the visit process tells about the outcome. */
  isVisitInformative?: boolean
  /** HbA1c is missing more often where it is high: not at random, so that methods can be seen to fail. */
  isMissingNotAtRandom?: boolean
}

const clamp = (x: number, low: number, high: number) => (x < low ? low : x > high ? high : x)

/** Log hazard ratio of MACE, without the hospital. */
export function etaMace(x: Covariates): number {
  const { beta, centre } = TRUTH
  return (
    (beta.age10 * (x.age - centre.age)) / 10 +
    beta.male * x.male +
    (beta.sbp10 * (x.sbp - centre.sbp)) / 10 +
    (beta.bmi5 * (x.bmi - centre.bmi)) / 5 +
    (x.smoking === 2 ? beta.smokingCurrent : x.smoking === 1 ? beta.smokingFormer : 0) +
    beta.hba1c * (x.hba1c - centre.hba1c) +
    beta.ldlMmol * (x.ldl / TRUTH.ldlMgPerMmol - centre.ldlMmol) +
    (beta.egfr10 * (x.egfr - centre.egfr)) / 10
  )
}

export function etaDeath(x: Covariates, hadMace: boolean): number {
  const { death, centre } = TRUTH
  return (
    (death.age10 * (x.age - centre.age)) / 10 +
    death.male * x.male +
    (x.smoking === 2 ? death.smokingCurrent : 0) +
    (death.egfr10 * (x.egfr - centre.egfr)) / 10 +
    (hadMace ? death.priorMace : 0)
  )
}

/** Integral of the baseline hazard of MACE from 0 to t years. */
export function baselineMace(years: number): number {
  return years <= 0 ? 0 : TRUTH.baseline.lambda * pow(years, TRUTH.baseline.nu)
}

/** One life between entry and the end of observation. The same for every number of patients asked for. */
export function courseOf(seed: string, index: number, options: ModelOptions = {}): Course {
  const demo = streamOf(seed, index, 'demo')
  const male = demo.chance(0.48) ? 1 : 0
  const ageAtEntry = clamp(58 + 14 * demo.normal(), 30, 89)
  const entryDay = ENTRY_FIRST_DAY + Math.floor(demo.uniform() * 8 * DAYS_PER_YEAR)
  const birthDay = entryDay - Math.round(ageAtEntry * DAYS_PER_YEAR)
  let home = demo.pick(HOSPITAL_WEIGHTS)
  const payer = demo.pick([0.78, 0.17, 0.05])

  const person = streamOf(seed, index, 're')
  const own = {
    bmi: 3.8 * person.normal(),
    sbp: 10 * person.normal(),
    hba1c: 0.8 * person.normal(),
    ldl: 28 * person.normal(),
    egfr: 12 * person.normal(),
  }
  const isDiabetic = person.chance(1 / (1 + exp(-(-2.6 + 0.045 * (ageAtEntry - 58) + 0.16 * own.bmi))))
  let smoking = person.pick(male === 1 ? [0.48, 0.2, 0.32] : [0.87, 0.05, 0.08]) as Smoking
  let onPressureDrug = person.chance(0.28)
  let onStatin = person.chance(0.22)
  let onMetformin = person.chance(0.55) && isDiabetic

  const visiting = streamOf(seed, index, 'visit')
  const body = streamOf(seed, index, 'cov')
  const event = streamOf(seed, index, 'event')
  const maceThreshold = event.exponential(1)
  const deathThreshold = event.exponential(1)
  const endOfData = Math.floor(Math.min(LAST_DAY - entryDay, visiting.exponential(11 * DAYS_PER_YEAR)))

  const visits: CourseVisit[] = []
  let t = 0
  let last = 0
  let maceHazard = 0
  let deathHazard = 0
  let mace: number | null = null
  let death: number | null = null
  let hospitalLogHazard = 0

  for (;;) {
    const years = t / DAYS_PER_YEAR
    const since = (t - last) / DAYS_PER_YEAR
    if (smoking === 2 && body.chance(1 - exp(-0.06 * since))) smoking = 1
    else if (smoking === 1 && body.chance(1 - exp(-0.03 * since))) smoking = 2
    const age = ageAtEntry + years
    const bmi = clamp(26 + own.bmi + 0.08 * years + 0.5 * body.normal(), 13, 60)
    const sbp = clamp(
      124 +
        0.45 * (age - 58) +
        4 * male +
        0.9 * (bmi - 26) +
        own.sbp -
        (onPressureDrug ? 9 : 0) +
        8 * body.normal(),
      80,
      230,
    )
    const diabetes = isDiabetic ? 1.9 + own.hba1c + 0.03 * years : 0
    const hba1c = clamp(
      5.5 + 0.05 * (bmi - 26) + diabetes - (onMetformin ? 0.7 : 0) + 0.25 * body.normal(),
      4,
      16,
    )
    const ldl = clamp(126 + own.ldl - (onStatin ? 38 : 0) + 12 * body.normal(), 25, 320)
    const decline = 0.3 + (isDiabetic ? 1.2 : 0) + (sbp > 145 ? 0.6 : 0)
    const egfr = clamp(98 - 0.85 * (age - 45) + own.egfr - years * decline + 4 * body.normal(), 6, 138)
    const x: Covariates = { age, male, sbp, bmi, smoking, hba1c, ldl, egfr }

    if (t > 0 && visiting.chance(0.03 * since)) home = visiting.pick(HOSPITAL_WEIGHTS)
    const hospital = visiting.chance(0.08) ? visiting.pick(HOSPITAL_WEIGHTS) : home
    if (visits.length === 0) hospitalLogHazard = TRUTH.hospitalLogHazard[hospital]!
    visits.push({ t, hospital, x, onPressureDrug, onStatin, onMetformin, isDiabetic, isEvent: false })
    last = t

    // What the doctor starts acts from the next visit on.
    if (!onPressureDrug && sbp > 150) onPressureDrug = body.chance(0.5)
    if (!onStatin && ldl > 160) onStatin = body.chance(0.4)
    if (isDiabetic && !onMetformin && hba1c > 7.5) onMetformin = body.chance(0.6)

    const eta = etaMace(x)
    const gapMean = 150 * (options.isVisitInformative === true ? exp(-0.15 * eta) : 1)
    let next = t + Math.max(1, Math.round(gapMean * exp(0.55 * visiting.normal())))
    let stop = Math.min(next, endOfData)
    if (stop <= t) break

    if (mace === null) {
      const rate = exp(eta + hospitalLogHazard)
      const start = baselineMace(t / DAYS_PER_YEAR)
      const more = rate * (baselineMace(stop / DAYS_PER_YEAR) - start)
      if (maceHazard + more > maceThreshold) {
        const reached = (start + (maceThreshold - maceHazard) / rate) / TRUTH.baseline.lambda
        const exact = pow(reached, 1 / TRUTH.baseline.nu) * DAYS_PER_YEAR
        mace = Math.min(stop, Math.max(t + 1, Math.ceil(exact)))
      } else maceHazard += more
    }
    const isMaceNow = mace !== null && mace > t && mace <= stop
    const deathRate = (TRUTH.death.lambda / DAYS_PER_YEAR) * exp(etaDeath(x, mace !== null && !isMaceNow))
    const until = isMaceNow ? mace! : stop
    const moreDeath = deathRate * (until - t)
    if (deathHazard + moreDeath > deathThreshold) {
      const day = Math.max(t + 1, Math.ceil(t + (deathThreshold - deathHazard) / deathRate))
      if (!isMaceNow || day < mace!) {
        death = Math.min(day, until)
        if (isMaceNow) mace = null
        break
      }
    }
    deathHazard += moreDeath
    if (isMaceNow) {
      // The event is a visit with the covariates of the last one; death stays possible until the visit that follows.
      onPressureDrug = true
      onStatin = true
      visits.push({
        t: mace!,
        hospital,
        x: { ...x, age: ageAtEntry + mace! / DAYS_PER_YEAR },
        onPressureDrug,
        onStatin,
        onMetformin,
        isDiabetic,
        isEvent: true,
      })
      next = Math.max(mace! + 30, next)
      stop = Math.min(next, endOfData)
      if (stop > mace!) {
        const after = (TRUTH.death.lambda / DAYS_PER_YEAR) * exp(etaDeath(x, true))
        const more = after * (stop - mace!)
        if (deathHazard + more > deathThreshold) {
          const left = (deathThreshold - deathHazard) / after
          death = Math.min(stop, Math.max(mace! + 1, Math.ceil(mace! + left)))
          break
        }
        deathHazard += more
      }
    }
    if (next > endOfData) break
    t = next
  }
  const lastVisit = visits[visits.length - 1]!.t
  return {
    index,
    male,
    birthDay,
    entryDay,
    payer,
    visits,
    mace,
    death,
    end: death ?? Math.max(endOfData, lastVisit),
  }
}

export interface RiskInterval {
  /** Days since entry, (start, stop]. */
  start: number
  stop: number
  isEvent: boolean
  x: Covariates
}

/** Counting-process rows of the first MACE; death and end of data censor. */
export function riskIntervals(course: Course): RiskInterval[] {
  const rows: RiskInterval[] = []
  const end = course.mace ?? course.end
  for (let k = 0; k < course.visits.length; k++) {
    const visit = course.visits[k]!
    if (visit.t >= end) break
    const next = course.visits[k + 1]
    const stop = Math.min(next === undefined ? end : next.t, end)
    if (stop <= visit.t) continue
    rows.push({ start: visit.t, stop, isEvent: course.mace !== null && stop === course.mace, x: visit.x })
  }
  return rows
}

/** Filtration by CKD-EPI 2021: creatinine mg/dL, age in years. */
export function filtrationOf(creatinine: number, age: number, male: 0 | 1): number {
  const kappa = male === 1 ? 0.9 : 0.7
  const alpha = male === 1 ? -0.302 : -0.241
  const ratio = creatinine / kappa
  const shape = ratio < 1 ? pow(ratio, alpha) : pow(ratio, -1.2)
  return 142 * shape * pow(0.9938, age) * (male === 1 ? 1 : 1.012)
}

/** The creatinine that gives a filtration: the inverse of the two branches, each a power. */
export function creatinineOf(filtration: number, age: number, male: 0 | 1): number {
  const kappa = male === 1 ? 0.9 : 0.7
  const alpha = male === 1 ? -0.302 : -0.241
  const shape = filtration / (142 * pow(0.9938, age) * (male === 1 ? 1 : 1.012))
  const ratio = shape > 1 ? pow(shape, 1 / alpha) : pow(shape, 1 / -1.2)
  return clamp(kappa * ratio, 0.1, 20)
}
