/**
 * Insurance of the synthetic consortium: employer groups with their own level of cost, three plans, premiums, and the
 * roll of everybody who is insured, most of whom an insurer never sees in a hospital.
 */
import { exp } from '../stats/det/exp.ts'
import { civilOfDay, dayOfCivil } from '../../shared/domain/dates.ts'
import { DAYS_PER_YEAR, ENTRY_FIRST_DAY, LAST_DAY, PAYERS } from './model.ts'
import type { Course } from './model.ts'
import { streamOf } from './random.ts'

export const PLANS = [
  { id: 'PLAN-B', name: 'Basic', paidShare: 0.6, premiumFactor: 0.75 },
  { id: 'PLAN-S', name: 'Standard', paidShare: 0.72, premiumFactor: 1 },
  { id: 'PLAN-P', name: 'Plus', paidShare: 0.85, premiumFactor: 1.35 },
] as const
const PLAN_WEIGHTS = [0.3, 0.5, 0.2]
/** Categories of the national insurance; its premium goes by income, not by risk. */
const NATIONAL_GROUPS = ['NHI-1', 'NHI-2', 'NHI-3', 'NHI-6'] as const
const NATIONAL_WEIGHTS = [0.56, 0.16, 0.09, 0.19]
export const NATIONAL_PAID_SHARE = 0.82

const INDUSTRIES = [
  'manufacturing',
  'semiconductors',
  'construction',
  'transport',
  'retail',
  'finance',
  'schools',
  'care',
  'farming',
  'public',
] as const

export interface EmployerGroup {
  id: string
  industry: string
  /** Share of employer-insured people, in proportion. */
  weight: number
  /** Truth: log of the group's level of billed amounts. */
  logCost: number
}

export interface Membership {
  /** Member number of the insurer, `M…`; null without insurance. */
  memberNumber: string | null
  payer: (typeof PAYERS)[number]
  group: string | null
  plan: string | null
  insurer: string | null
  /** Share of the allowed amount that the insurer pays. */
  paidShare: number
  logCost: number
}

export interface EnrolmentRow {
  memberNumber: string
  payer: string
  insurer: string
  group: string
  plan: string
  sex: 'male' | 'female'
  birthYear: number
  fromDay: number
  toDay: number
  /** Minor units of TWD, exponent 0, a month. */
  premiumMonthly: number
}

const GROUP_COUNT = 40

/** Forty employers of very different size; the same for every number of patients. */
export function employerGroups(seed: string): EmployerGroup[] {
  const stream = streamOf(seed, 'groups', 'groups')
  return Array.from({ length: GROUP_COUNT }, (_, k) => ({
    id: `G${String(k + 1).padStart(3, '0')}`,
    industry: INDUSTRIES[stream.integer(0, INDUSTRIES.length - 1)]!,
    weight: 1 / (k + 2),
    logCost: Math.round(150 * stream.normal()) / 1000,
  }))
}

export function membershipOf(seed: string, course: Course, groups: readonly EmployerGroup[]): Membership {
  const payer = PAYERS[course.payer]!
  const stream = streamOf(seed, course.index, 'member')
  const group = groups[stream.pick(groups.map((each) => each.weight))]!
  const plan = PLANS[stream.pick(PLAN_WEIGHTS)]!
  const national = NATIONAL_GROUPS[stream.pick(NATIONAL_WEIGHTS)]!
  const memberNumber = `M${String(course.index).padStart(8, '0')}`
  if (payer === 'SELF') {
    return { memberNumber: null, payer, group: null, plan: null, insurer: null, paidShare: 0, logCost: 0 }
  }
  if (payer === 'NHI') {
    return {
      memberNumber,
      payer,
      group: national,
      plan: null,
      insurer: 'NHI',
      paidShare: NATIONAL_PAID_SHARE,
      logCost: 0,
    }
  }
  return {
    memberNumber,
    payer,
    group: group.id,
    plan: plan.id,
    insurer: 'INS-1',
    paidShare: plan.paidShare,
    logCost: group.logCost,
  }
}

/** The patient's own line of the roll (if insured) and, at times, a colleague who never comes to a hospital. */
export function enrolmentOf(
  seed: string,
  course: Course,
  membership: Membership,
  groups: readonly EmployerGroup[],
): EnrolmentRow[] {
  const stream = streamOf(seed, course.index, 'enrolment')
  const monthsBefore = stream.integer(0, 23)
  const monthsAfter = stream.integer(0, 11)
  const rows: EnrolmentRow[] = []
  const male = course.male
  const birthYear = civilOfDay(course.birthDay).year
  const fromDay = firstOfMonth(course.entryDay, -monthsBefore)
  const lastDay = course.entryDay + course.end
  const toDay = Math.min(
    LAST_DAY,
    course.death === null ? firstOfMonth(lastDay, monthsAfter + 1) - 1 : lastDay,
  )
  if (membership.memberNumber !== null) {
    rows.push({
      memberNumber: membership.memberNumber,
      payer: membership.payer,
      insurer: membership.insurer!,
      group: membership.group!,
      plan: membership.plan ?? '',
      sex: male === 1 ? 'male' : 'female',
      birthYear,
      fromDay,
      toDay,
      premiumMonthly: premiumOf(membership, civilOfDay(fromDay).year - birthYear, male),
    })
  }
  // Healthy members without a visit: an analysis of visits alone overstates what a member costs.
  if (stream.chance(0.45)) {
    const otherMale = stream.chance(0.5) ? 1 : 0
    const age = 22 + Math.floor(40 * stream.uniform())
    const start = ENTRY_FIRST_DAY + Math.floor(stream.uniform() * 8 * DAYS_PER_YEAR)
    const from = firstOfMonth(start, 0)
    const to = Math.min(LAST_DAY, firstOfMonth(from, 12 + stream.integer(0, 60)) - 1)
    const isNational = stream.chance(0.6)
    const group = groups[stream.pick(groups.map((each) => each.weight))]!
    const plan = PLANS[stream.pick(PLAN_WEIGHTS)]!
    const year = civilOfDay(from).year
    const member: Membership = isNational
      ? {
          memberNumber: null,
          payer: 'NHI',
          group: NATIONAL_GROUPS[stream.pick(NATIONAL_WEIGHTS)]!,
          plan: null,
          insurer: 'NHI',
          paidShare: NATIONAL_PAID_SHARE,
          logCost: 0,
        }
      : {
          memberNumber: null,
          payer: 'PRIVATE',
          group: group.id,
          plan: plan.id,
          insurer: 'INS-1',
          paidShare: plan.paidShare,
          logCost: group.logCost,
        }
    rows.push({
      memberNumber: `N${String(course.index).padStart(8, '0')}`,
      payer: member.payer,
      insurer: member.insurer!,
      group: member.group!,
      plan: member.plan ?? '',
      sex: otherMale === 1 ? 'male' : 'female',
      birthYear: year - age,
      fromDay: from,
      toDay: to,
      premiumMonthly: premiumOf(member, age, otherMale),
    })
  }
  return rows
}

/** Tariff: by age and plan for employers (blind to the group's own level, which pricing should find), flat for NHI. */
function premiumOf(member: Membership, age: number, male: 0 | 1): number {
  if (member.payer === 'NHI') return 826
  const plan = PLANS.find((each) => each.id === member.plan) ?? PLANS[1]
  return Math.round(900 * exp(0.028 * (age - 40) + 0.08 * male) * plan.premiumFactor)
}

function firstOfMonth(day: number, addMonths: number): number {
  const { year, month } = civilOfDay(day)
  const months = year * 12 + (month - 1) + addMonths
  return dayOfCivil(Math.floor(months / 12), (months % 12) + 1, 1)
}
