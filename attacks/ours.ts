/** Our gate with one control switched off: all of them are arguments or policy, so the product itself has no switch. */
import { BUDGET_DEFAULTS, type BudgetPolicy } from '../src/main/privacy/ledger/budget-policy.ts'
import type { Control } from './attack.ts'

const ENDLESS = 1e15

export function budgetWithout(without: Control | null): BudgetPolicy {
  if (without !== 'budget') return BUDGET_DEFAULTS
  return {
    ...BUDGET_DEFAULTS,
    yearMicroRho: ENDLESS,
    lifetimeMicroRho: ENDLESS,
    snapshotMicroRho: ENDLESS,
    studyMicroRho: ENDLESS,
    studyCountsMax: ENDLESS,
    poolMicroRho: { research: ENDLESS, insurance: ENDLESS, published: ENDLESS },
    requesterMicroRho: { hospital: ENDLESS, university: ENDLESS, insurer: ENDLESS, published: ENDLESS },
  }
}
