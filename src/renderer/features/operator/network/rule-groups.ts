/** The rules by subject, in the order in which people look for them, and how their values are written. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import { isShareOfBudget, ruleNumber } from '../../../parts/rule-number.ts'
import type { Words } from '../../../words/catalogue.ts'

export const RULE_SUBJECTS = ['chain', 'snapshots', 'studies', 'privacy', 'other'] as const
export type RuleSubject = (typeof RULE_SUBJECTS)[number]

const SUBJECT_OF: Readonly<Record<string, RuleSubject>> = {
  votersBelowFourAllowed: 'chain',
  authorQuotaPerHour: 'chain',
  segmentBytesMax: 'chain',
  segmentVisitsMax: 'chain',
  timestampGranularityMs: 'chain',
  gatewayEpochDays: 'chain',
  snapshotEveryDays: 'snapshots',
  snapshotHospitalsMin: 'snapshots',
  snapshotPatientsMin: 'snapshots',
  checkersMin: 'studies',
  formulaApprovalsMin: 'studies',
  formulaColumnsForbidden: 'studies',
  freeStudiesPerDay: 'studies',
  releaseUnattested: 'studies',
  smallestCount: 'studies',
  studyCountsMax: 'studies',
  studyExpiryDays: 'studies',
}

/** A rule of a newer version stands with the others of that kind, at the end. */
const subjectOf = (name: string): RuleSubject =>
  isShareOfBudget(name) ? 'privacy' : Object.hasOwn(SUBJECT_OF, name) ? SUBJECT_OF[name]! : 'other'

export function rulesBySubject<Rule extends { readonly name: string }>(
  rules: readonly Rule[],
): { readonly subject: RuleSubject; readonly rules: readonly Rule[] }[] {
  return RULE_SUBJECTS.map((subject) => ({
    subject,
    rules: rules.filter(({ name }) => subjectOf(name) === subject),
  })).filter((group) => group.rules.length > 0)
}

/** Asked with yes and no. */
export const isYesOrNo = (name: string): boolean =>
  name === 'votersBelowFourAllowed' || name === 'releaseUnattested'

/** `yes`; or ρ, as the rooms of studies say it. */
export function ruleValue(name: string, value: number, t: Words['network'], locale: Locale): string {
  if (isYesOrNo(name)) return value === 0 ? t.rules.no : t.rules.yes
  return ruleNumber(name, value, locale)
}
