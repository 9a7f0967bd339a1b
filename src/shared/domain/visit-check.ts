/**
 * The rules of a good visit: hard limits refuse, soft limits are confirmed once and stored with the record, and each
 * finding brings a better value where one is obvious (a shifted decimal point, another unit, day and month exchanged).
 * They bind the form; of what an import or its trial reads they are said with their place, and nothing is left out for them
 * (imports/visit-findings.ts). They never decide a vote, since they may differ between versions.
 *
 * Every rule is one of `VISIT_RULES`, which message catalogues cover one by one.
 */
import type { Finding } from '../contract/records.ts'
import type { LabTest } from './lab-tests.ts'
import { checkDiagnoses } from './visit-check/diagnoses.ts'
import { checkEncounter } from './visit-check/encounter.ts'
import { checkNumber, checkObservations } from './visit-check/observations.ts'
import { checkPrescriptions, checkProcedures } from './visit-check/orders.ts'
import { checkClaims, checkOutcome } from './visit-check/outcome.ts'
import { checkPlausibility } from './visit-check/plausibility.ts'
import type { Add, CheckContext, CheckedVisit } from './visit-check/rules.ts'
import type { Envelope } from './visit.ts'

export { broughtFindings } from './visit-check/brought-findings.ts'
export { ICD10_SYSTEMS, isIcd10Code, normaliseIcd10, repairIcd10, showIcd10 } from './visit-check/icd10.ts'
export { isOwnTest } from './visit-check/observations.ts'
export { VISIT_RULES } from './visit-check/rules.ts'
export type {
  CheckContext,
  CheckedVisit,
  PreviousMeasure,
  PreviousMeasures,
  VisitRule,
} from './visit-check/rules.ts'

/** Every rule that the visit breaks, in the order of the form. */
export function checkVisit(visit: CheckedVisit, context: CheckContext): Finding[] {
  const found: Finding[] = []
  const add: Add = (path, rule, severity, params, suggestion) => {
    found.push(
      suggestion === undefined
        ? { path, rule, severity, params }
        : { path, rule, severity, params, suggestion },
    )
  }
  const stay = checkEncounter(visit, context, add)
  checkObservations(visit, context, stay, add)
  checkPlausibility(visit, context, stay, found, add)
  checkDiagnoses(visit, context, stay, add)
  checkProcedures(visit, stay, add)
  checkPrescriptions(visit, context, add)
  checkOutcome(visit, context, stay, add)
  checkClaims(visit, context, add)
  return found
}

/** Whether a person has already seen this finding with this value. Refusals cannot be confirmed. */
export function isConfirmed(finding: Finding, confirmations: Envelope['confirmations']): boolean {
  if (finding.severity !== 'confirm') return false
  const value = finding.params['value'] ?? ''
  return confirmations.some(
    (each) => each.path === finding.path && each.rule === finding.rule && each.value === value,
  )
}

/** What still stops the save. */
export function openFindings(
  findings: readonly Finding[],
  confirmations: Envelope['confirmations'],
): Finding[] {
  return findings.filter((each) => !isConfirmed(each, confirmations))
}

/** A value of one test, judged alone: for the field under the cursor. `unit` as typed. */
export function checkValue(
  test: LabTest,
  valueText: string,
  unit: string | undefined,
  path: string,
): Finding[] {
  const found: Finding[] = []
  checkNumber(test, valueText, unit, path, (at, rule, severity, params, suggestion) => {
    found.push(
      suggestion === undefined
        ? { path: at, rule, severity, params }
        : { path: at, rule, severity, params, suggestion },
    )
  })
  return found
}
