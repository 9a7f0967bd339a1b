/** First into the hands of a gateway, then onto the chain: what is charged must not be lost with this machine. */
import type { LimitName, Submitted } from '../../shared/contract/requests.ts'
import { toHex, type Bytes } from '../../shared/std/bytes.ts'
import type { StudyItem } from '../node/chain/study-items.ts'
import type { ChainNode } from '../node/node.ts'
import { ItemFailure } from '../node/waiting/items.ts'
import { nameOf } from './rows.ts'

/** @param document of docs/spec/gateways.md section 2 */
export async function submitStudy(
  node: ChainNode,
  document: Bytes,
  item: Omit<StudyItem, 'commitment'>,
): Promise<Submitted> {
  const { exchange } = node.studies
  const { commitment, heldBy } = await exchange.send(document)
  if (heldBy.length === 0) return { kind: 'refused', reason: 'no-gateway' }
  try {
    const { itemHash } = await exchange.submit({ ...item, commitment })
    const state = node.ledger.state.consortium
    return {
      kind: 'submitted',
      studyHash: toHex(itemHash),
      heldBy: heldBy.map((memberId) => nameOf(state, memberId)),
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
  if (reason === 'item-unknown-snapshot') return { kind: 'refused', reason: 'unknown-snapshot' }
  return { kind: 'refused', reason: 'not-taken' }
}

const BUDGET = 'item-budget-'
