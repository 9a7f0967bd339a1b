/**
 * The rules of the demonstration consortium where they differ. Its people are made up, so nobody's privacy can be lost: budgets are a
 * hundred times those of real members, so that a visitor can ask all day, and one answer ten times as exact. The room “Network” shows each with
 * the standard beside it.
 */
import { POLICY_DEFAULTS, type PolicyName } from '../node/chain/policy.ts'

const BUDGETS: readonly PolicyName[] = [
  'rhoHospitalMicro',
  'rhoInsuranceMicro',
  'rhoInsurerMicro',
  'rhoLifetimeMicro',
  'rhoPublishedMicro',
  'rhoResearchMicro',
  'rhoSnapshotMicro',
  'rhoStudyMicro',
  'rhoUniversityMicro',
  'rhoYearMicro',
]
const CHARGES: readonly PolicyName[] = [
  'rhoCountMicro',
  'rhoModelMicro',
  'rhoRegisteredModelMicro',
  'rhoTableMicro',
]
const times = (names: readonly PolicyName[], factor: number) =>
  names.map((name) => [name, factor * POLICY_DEFAULTS[name]] as const)

export const DEMONSTRATION_POLICY: Readonly<Record<string, number>> = {
  // Members without a vote see a segment when its time slot has closed; nobody watches a demonstration for a minute.
  timestampGranularityMs: 1_000,
  // A visitor may begin with very few patients.
  snapshotPatientsMin: 10,
  studyCountsMax: 1_000,
  // So that a visitor sees a customised model wait for a hospital's word (ADR 0028).
  formulaApprovalsMin: 1,
  ...Object.fromEntries([...times(BUDGETS, 100), ...times(CHARGES, 10)]),
}
