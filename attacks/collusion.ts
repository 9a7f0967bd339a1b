/**
 * A14: five accounts carry out one plan. Where each account has a budget of its own, a patient's loss is five times what was
 * promised. Ours counts over everybody: five accounts of one member have what one has, and five members together no more than
 * the year's cap.
 */
import { applyCharge, type BudgetPolicy, type RequesterClass } from '../src/main/node/chain/privacy-ledger.ts'
import type { ItemHash } from '../src/main/node/chain/ids.ts'
import { emptyBook, type Book } from '../src/main/privacy/lane-a.ts'
import type { Attack } from './attack.ts'
import { BUDGET_DEFAULTS, budgetWithout, memberNamed, SNAPSHOT, studyNamed } from './ours.ts'

const PLAN_LENGTH = 400
const TABLE_MICRO_RHO = 20_000
type Account = { readonly class: RequesterClass; readonly member: string }

const AT_ONE_MEMBER: readonly Account[] = Array.from({ length: 5 }, () => ({
  class: 'university',
  member: 'A',
}))
const AT_FIVE: readonly Account[] = (
  ['hospital', 'university', 'university', 'insurer', 'insurer'] as const
).map((each, i) => ({ class: each, member: `member-${i}` }))

/** How many times the promised loss the five reach. */
export const collusion: Attack = {
  name: 'A14',
  title: 'five accounts, one plan',
  stoppedBy: ['budget'],
  run({ gate, without }) {
    const policy = budgetWithout(without)
    const spend =
      gate === 'naive' ? spendPerAccount : (accounts: readonly Account[]) => spendOfAll(accounts, policy)
    const alone = spend(AT_ONE_MEMBER.slice(0, 1))
    const advantage = Math.max(spend(AT_ONE_MEMBER) / alone, spend(AT_FIVE) / BUDGET_DEFAULTS.yearMicroRho)
    return { advantage, bound: 1 }
  },
}

/** The naive ledger: a budget for each account. */
function spendPerAccount(accounts: readonly Account[]): number {
  const spent = accounts.map(() => 0)
  for (let i = 0; i < PLAN_LENGTH; i++) {
    const account = i % accounts.length
    if (spent[account]! + TABLE_MICRO_RHO <= BUDGET_DEFAULTS.yearMicroRho) spent[account]! += TABLE_MICRO_RHO
  }
  return spent.reduce((sum, each) => sum + each, 0)
}

function spendOfAll(accounts: readonly Account[], policy: BudgetPolicy): number {
  let charged: Pick<Book, 'ledger' | 'snapshots'> = emptyBook([SNAPSHOT])
  for (let i = 0; i < PLAN_LENGTH; i++) {
    const { class: of, member } = accounts[i % accounts.length]!
    const result = applyCharge(
      charged,
      policy,
      {
        kind: 'table',
        microRho: TABLE_MICRO_RHO,
        class: of,
        memberId: memberNamed(member),
        // A study each, so that no study's limit stands in the way.
        studyId: studyNamed(`study-${i}`),
        snapshotHash: SNAPSHOT as ItemHash,
      },
      20_000,
    )
    if (result.kind === 'charged') charged = result
  }
  return charged.ledger.lifetimeMicroRho
}
