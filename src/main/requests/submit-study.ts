/** First into the hands of gateways, one of which at least keeps to the rules, then onto the chain: what is charged must not be lost with this machine. */
import type { LimitName, Submitted } from '../../shared/contract/requests.ts'
import { toHex, type Bytes } from '../../shared/std/bytes.ts'
import { holdersNeeded } from '../node/chain/apply-study.ts'
import { studyRulesOf, type AskedStudy } from '../node/chain/study-items.ts'
import type { ChainNode } from '../node/node.ts'
import { StudyFailure } from '../node/studies/study-exchange.ts'
import { ItemFailure } from '../node/waiting/items.ts'
import { nameOf } from './rows.ts'

/** @param document of docs/spec/gateways.md section 2 */
export async function submitStudy(node: ChainNode, document: Bytes, asks: AskedStudy): Promise<Submitted> {
  const { exchange } = node.studies
  const sent = await exchange.send(document).catch((error: unknown) => {
    if (error instanceof StudyFailure && error.detail.code === 'too-many-waiting') return null
    throw error
  })
  if (sent === null) return { kind: 'refused', reason: 'too-many-open' }
  const { commitment, held } = sent
  const state = node.ledger.state.consortium
  if (held.length < holdersNeeded(state)) return { kind: 'refused', reason: 'no-gateway' }
  const item = { ...asks, ...studyRulesOf(state.policy), commitment, held }
  const taken = await takenByChain(() => exchange.submit(item))
  if (taken.kind === 'refused') return refusalOf(taken.reason)
  return {
    kind: 'submitted',
    studyHash: toHex(taken.value.itemHash),
    heldBy: held.map(({ memberId }) => nameOf(state, memberId)),
  }
}

/** What the chain's own rules refuse is an answer to whoever asked; anything else is thrown on. */
export async function takenByChain<T>(
  submit: () => Promise<T>,
): Promise<
  { readonly kind: 'taken'; readonly value: T } | { readonly kind: 'refused'; readonly reason: string }
> {
  try {
    return { kind: 'taken', value: await submit() }
  } catch (error) {
    if (!(error instanceof ItemFailure)) throw error
    if (error.detail.code === 'item-refused') return { kind: 'refused', reason: error.detail.reason }
    if (error.detail.code === 'too-many-items') return { kind: 'refused', reason: TOO_MANY }
    throw error
  }
}

/** What the chain's own rules said of it. */
export function refusalOf(reason: string): Submitted {
  if (reason.startsWith(BUDGET))
    return { kind: 'refused', reason: 'budget', limit: reason.slice(BUDGET.length) as LimitName }
  if (reason === 'item-open-studies' || reason === TOO_MANY)
    return { kind: 'refused', reason: 'too-many-open' }
  if (reason === 'item-free-studies') return { kind: 'refused', reason: 'too-many-today' }
  if (reason === 'item-unknown-snapshot') return { kind: 'refused', reason: 'unknown-snapshot' }
  return { kind: 'refused', reason: 'not-taken' }
}

const BUDGET = 'item-budget-'
const TOO_MANY = 'too-many-items'
