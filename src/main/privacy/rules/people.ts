/** R4, R10 and R12: whose patients, who checked, and what for. */
import { PURPOSES, type AllowedPurpose } from '../../../shared/domain/purposes.ts'
import { atLeast, atMost, must, type RuleCheck } from './rule-check.ts'
import type { RulePolicy } from './rule-policy.ts'

export type HospitalPart = { readonly hospital: string; readonly patients: number; readonly events: number }

export function checkCoverage(parts: readonly HospitalPart[], policy: RulePolicy): readonly RuleCheck[] {
  const share = (of: (part: HospitalPart) => number) => {
    const total = parts.reduce((sum, part) => sum + of(part), 0)
    return total === 0 ? 0 : parts.reduce((most, part) => Math.max(most, of(part)), 0) / total
  }
  const patients = parts.reduce((sum, part) => sum + part.patients, 0)
  return [
    atLeast(policy, 'R4', 'cohort', patients, policy.cohortLeast),
    atLeast(
      policy,
      'R4',
      'hospitals',
      parts.filter((part) => part.patients > 0).length,
      policy.hospitalsLeast,
    ),
    atMost(
      policy,
      'R4',
      'share-of-patients',
      share((part) => part.patients),
      policy.hospitalShareMost,
    ),
    atMost(
      policy,
      'R4',
      'share-of-events',
      share((part) => part.events),
      policy.hospitalShareMost,
    ),
  ]
}

export type CheckerVote = { readonly person: string; readonly hospital: string; readonly isApproved: boolean }

/** Each from another hospital, none of them the study's own, nobody against it. */
export function checkCheckers(
  votes: readonly CheckerVote[],
  ofStudy: { readonly persons: readonly string[]; readonly members: readonly string[] },
  policy: RulePolicy,
): readonly RuleCheck[] {
  const counted = votes.filter(
    ({ person, hospital }) => !ofStudy.persons.includes(person) && !ofStudy.members.includes(hospital),
  )
  const approving = counted.filter(({ isApproved }) => isApproved)
  const checkers = Math.min(
    new Set(approving.map(({ person }) => person)).size,
    new Set(approving.map(({ hospital }) => hospital)).size,
  )
  return [
    atLeast({ ...policy, nearPercent: 0 }, 'R10', 'checkers', checkers, policy.checkersLeast),
    must(
      'R10',
      'nobody-against',
      counted.every(({ isApproved }) => isApproved),
    ),
  ]
}

/** What no outcome may be used for, whoever asks. */
const FORBIDDEN = ['individual-underwriting', 'claim-decision', 'marketing', 'employment'] as const
export type Purpose = AllowedPurpose | (typeof FORBIDDEN)[number]

/** R12. An insurer names a plan that was registered before. */
export function checkPurpose(
  purpose: Purpose,
  requester: { readonly isInsurer: boolean; readonly hasRegisteredPlan: boolean },
): readonly RuleCheck[] {
  return [
    must('R12', 'purpose', (PURPOSES as readonly string[]).includes(purpose)),
    must('R12', 'registered-plan', !requester.isInsurer || requester.hasRegisteredPlan),
  ]
}
