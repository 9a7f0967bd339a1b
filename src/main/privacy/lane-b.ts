/**
 * The lane by rule: what may leave after R1 to R12 have been held against it and people of two other hospitals have looked
 * (docs/spec/release-rules.md). Checked by rule, not differentially private: that is said beside every answer.
 */
import { unreachable } from '../../shared/std/unreachable.ts'
import type { Decimal } from './answers/release.ts'
import { roundCurve, type ExactCurve, type RoundedStep } from './rules/curves.ts'
import {
  checkArtefact,
  checkModel,
  roundModel,
  type ArtefactFacts,
  type ExactCoefficient,
  type ModelFacts,
  type RoundedModel,
} from './rules/models.ts'
import { checkOverlap, checkSince, type CohortBits, type SinceThen } from './rules/overlap.ts'
import {
  checkCheckers,
  checkCoverage,
  checkPurpose,
  type CheckerVote,
  type HospitalPart,
  type Purpose,
} from './rules/people.ts'
import { atLeast, atMost, isBroken, type RuleCheck } from './rules/rule-check.ts'
import type { RulePolicy } from './rules/rule-policy.ts'
import {
  checkDominance,
  checkQuantile,
  checkTable,
  roundQuantile,
  roundTable,
  type ExactTable,
  type RoundedTable,
} from './rules/tables.ts'
import { roundToDigits } from './rules/rounding.ts'

/** What would leave, exact: never shown to anybody, the checkers included. */
export type Finding =
  | { readonly kind: 'table'; readonly table: ExactTable }
  /** The mean of a cost or another sum, with each patient's part of it. */
  | { readonly kind: 'mean'; readonly parts: readonly number[] }
  | {
      readonly kind: 'quantile'
      readonly perMille: number
      readonly patients: number
      readonly value: number
    }
  | { readonly kind: 'curve'; readonly curve: ExactCurve }
  | { readonly kind: 'model'; readonly facts: ModelFacts; readonly coefficients: readonly ExactCoefficient[] }
  /** A trained model that stays with the gateways unless it passes R11. */
  | { readonly kind: 'artefact'; readonly facts: ArtefactFacts }

export type Proposal = {
  readonly finding: Finding
  readonly hospitals: readonly HospitalPart[]
  readonly cohort: CohortBits
  readonly purpose: Purpose
  readonly requester: { readonly isInsurer: boolean; readonly hasRegisteredPlan: boolean }
  /** Refusals of this study in the last thirty days. */
  readonly recentRefusals: number
}

/** What was released before, of this snapshot and its like. */
export type Before = {
  readonly released: readonly CohortBits[]
  readonly own: readonly CohortBits[]
  readonly everybody: CohortBits
  /** Of each earlier study that was asked of another snapshot. */
  readonly since: readonly SinceThen[]
}

export type Rounded =
  | { readonly kind: 'table'; readonly table: RoundedTable }
  | { readonly kind: 'mean'; readonly mean: Decimal }
  | { readonly kind: 'quantile'; readonly perMille: number; readonly value: Decimal }
  | { readonly kind: 'curve'; readonly steps: readonly RoundedStep[] }
  | { readonly kind: 'model'; readonly model: RoundedModel }
  | { readonly kind: 'artefact' }

export type Judgement =
  /** For the checkers: every rule with its number, and what would leave. */
  | { readonly kind: 'to-be-checked'; readonly checks: readonly RuleCheck[]; readonly rounded: Rounded }
  /** For the requester: that it is, and nothing else. After a few a person looks before the next one. */
  | { readonly kind: 'refused'; readonly checks: readonly RuleCheck[]; readonly needsPerson: boolean }

export function judgeProposal(proposal: Proposal, before: Before, policy: RulePolicy): Judgement {
  const { finding, hospitals, cohort, purpose, requester, recentRefusals } = proposal
  const rounded = roundFinding(finding, policy)
  const checks = [
    ...checkPurpose(purpose, requester),
    ...checkCoverage(hospitals, policy),
    ...checkOverlap(cohort, before.released, before.own, before.everybody, policy),
    ...checkSince(before.since, policy),
    atMost({ ...policy, nearPercent: 0 }, 'R9', 'refusals', recentRefusals, policy.refusalsPerMonth),
    ...checkFinding(finding, policy),
    ...(rounded?.kind === 'curve' ? [atLeast(policy, 'R7', 'steps', rounded.steps.length, 1)] : []),
  ]
  if (isBroken(checks) || rounded === null)
    return { kind: 'refused', checks, needsPerson: recentRefusals >= policy.refusalsPerMonth }
  return { kind: 'to-be-checked', checks, rounded }
}

/** R10: what leaves, once two have agreed to the very same proposal. */
export function releaseChecked(
  judgement: Judgement,
  votes: readonly CheckerVote[],
  ofStudy: { readonly persons: readonly string[]; readonly members: readonly string[] },
  policy: RulePolicy,
): Rounded | null {
  if (judgement.kind === 'refused') return null
  return isBroken(checkCheckers(votes, ofStudy, policy)) ? null : judgement.rounded
}

function checkFinding(finding: Finding, policy: RulePolicy): readonly RuleCheck[] {
  switch (finding.kind) {
    case 'table':
      return checkTable(finding.table, policy)
    case 'mean':
      return checkDominance(finding.parts, policy)
    case 'quantile':
      return checkQuantile(finding.perMille, finding.patients, policy)
    case 'curve':
      return []
    case 'model':
      return checkModel(finding.facts, policy)
    case 'artefact':
      return checkArtefact(finding.facts, policy)
    default:
      return unreachable(finding)
  }
}

/** Null where a number is none: an error that is zero, missing or without end. */
function roundFinding(finding: Finding, policy: RulePolicy): Rounded | null {
  switch (finding.kind) {
    case 'table':
      return { kind: 'table', table: roundTable(finding.table, policy) }
    case 'mean': {
      const mean = finding.parts.reduce((sum, part) => sum + part, 0) / finding.parts.length
      return Number.isFinite(mean)
        ? { kind: 'mean', mean: roundToDigits(mean, policy.significantDigits) }
        : null
    }
    case 'quantile':
      return { kind: 'quantile', perMille: finding.perMille, value: roundQuantile(finding.value) }
    case 'curve':
      return { kind: 'curve', steps: roundCurve(finding.curve, policy) }
    case 'model': {
      const { coefficients, facts } = finding
      const isWhole = coefficients.every(
        ({ value, error }) => Number.isFinite(value) && error > 0 && error < Infinity,
      )
      return isWhole ? { kind: 'model', model: roundModel(coefficients, facts, policy) } : null
    }
    case 'artefact':
      return { kind: 'artefact' }
    default:
      return unreachable(finding)
  }
}
