/** The lane by rule as an attacker meets it: a proposal that two checkers of other hospitals approve wherever the rules let it through. */
import {
  judgeProposal,
  releaseChecked,
  type Before,
  type Finding,
  type Rounded,
} from '../src/main/privacy/lane-b.ts'
import { bitsOf, type CohortBits } from '../src/main/privacy/rules/overlap.ts'
import { RULE_DEFAULTS, type RulePolicy } from '../src/main/privacy/rules/rule-policy.ts'
import type { Control } from './attack.ts'

export function rulesWithout(without: Control | null): RulePolicy {
  if (without === 'overlap-audit') return { ...RULE_DEFAULTS, overlapLeast: 0 }
  if (without !== 'threshold') return RULE_DEFAULTS
  return {
    ...RULE_DEFAULTS,
    smallestCount: 0,
    cohortLeast: 0,
    eventsLeast: 0,
    eventsPerParameterLeast: 0,
    patientsPerParameterLeast: 0,
    residualFreedomLeast: 0,
    levelEventsLeast: 0,
    conditionMost: Infinity,
    leverageMost: Infinity,
    atRiskLeast: 0,
    leafLeast: 0,
    attackAreaMost: 1,
    attackHitsMost: 1,
  }
}

/** Patients by number, in thirds over three hospitals. */
const EVERYBODY = 4_096
const everybody = bitsOf(
  'everybody',
  Array.from({ length: EVERYBODY }, (_, i) => i),
  EVERYBODY,
)
const VOTES = [
  { person: 'first', hospital: 'X', isApproved: true },
  { person: 'second', hospital: 'Y', isApproved: true },
]
const OF_STUDY = { persons: ['asker'], members: ['U'] }

export function cohortOf(definition: string, patients: readonly number[]): CohortBits {
  return bitsOf(definition, patients, EVERYBODY)
}

export function releasedByRule(
  finding: Finding,
  cohort: CohortBits,
  policy: RulePolicy,
  released: readonly CohortBits[] = [],
): Rounded | null {
  const before: Before = { released, own: released, everybody, since: [] }
  const third = { patients: 100, events: 50 }
  const judgement = judgeProposal(
    {
      finding,
      hospitals: ['A', 'B', 'C'].map((hospital) => ({ hospital, ...third })),
      cohort,
      purpose: 'research',
      requester: { isInsurer: false, hasRegisteredPlan: false },
      recentRefusals: 0,
    },
    before,
    policy,
  )
  return releaseChecked(judgement, VOTES, OF_STUDY, policy)
}
