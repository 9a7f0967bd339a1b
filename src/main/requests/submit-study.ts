/** First into the hands of gateways, one of which at least keeps to the rules, then onto the chain: what is charged must not be lost with this machine. */
import type { LimitName, Submitted } from '../../shared/contract/requests.ts'
import { toHex, type Bytes } from '../../shared/std/bytes.ts'
import { holdersNeeded } from '../node/chain/apply-study.ts'
import { studyRulesOf, type AskedStudy } from '../node/chain/study-items.ts'
import type { ChainNode } from '../node/node.ts'
import { ItemFailure } from '../node/waiting/items.ts'
import { nameOf } from './rows.ts'

/** @param document of docs/spec/gateways.md section 2 */
export async function submitStudy(node: ChainNode, document: Bytes, asks: AskedStudy): Promise<Submitted> {
  const { exchange } = node.studies
  const { commitment, held } = await exchange.send(document)
  const state = node.ledger.state.consortium
  if (held.length < holdersNeeded(state)) return { kind: 'refused', reason: 'no-gateway' }
  try {
    const rules = studyRulesOf(state.policy)
    const { itemHash } = await exchange.submit({ ...asks, ...rules, commitment, held })
    return {
      kind: 'submitted',
      studyHash: toHex(itemHash),
      heldBy: held.map(({ memberId }) => nameOf(state, memberId)),
    }
  } catch (error) {
    if (!(error instanceof ItemFailure) || error.detail.code !== 'item-refused') throw error
    return refusalOf(error.detail.reason)
  }
}

/** What the chain's own rules said of it. */
export function refusalOf(reason: string): Submitted {
  if (reason.startsWith(BUDGET))
    return { kind: 'refused', reason: 'budget', limit: reason.slice(BUDGET.length) as LimitName }
  if (reason === 'item-open-studies') return { kind: 'refused', reason: 'too-many-open' }
  if (reason === 'item-free-studies') return { kind: 'refused', reason: 'too-many-today' }
  if (reason === 'item-unknown-snapshot') return { kind: 'refused', reason: 'unknown-snapshot' }
  return { kind: 'refused', reason: 'not-taken' }
}

const BUDGET = 'item-budget-'
