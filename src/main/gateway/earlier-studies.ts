/**
 * What earlier studies have to do with one: which asked the very same, and whose bytes a repeat gives. Both come from the chain and the documents
 * alone, so a gateway that was away or slower finds what the others find.
 */
import { equalBytes, type Bytes } from '../../shared/std/bytes.ts'
import { isPriced } from '../node/chain/privacy-ledger.ts'
import type { ComputeOptions } from './computed.ts'
import type { GatewayBook, GatewayStudy } from './gateway-book.ts'
import { readQuestion } from './question.ts'

/**
 * Charged studies before this charged one that ask the same of the same snapshot, in the order of the chain, but those that were refused or are
 * over: a repeat only gives the bytes of one of them. What this gateway has not computed is read out of its document. Null while one is missing that may be one of
 * them: a request says its price, so what was charged otherwise is another one and holds up nothing.
 */
export async function sameRequestBefore(
  { crypto, chainId, book, fetching }: ComputeOptions,
  { item, place }: GatewayStudy,
  requestHash: Bytes,
): Promise<readonly GatewayStudy[] | null> {
  const before = book
    .list()
    .filter(
      (each) =>
        each.place < place &&
        isPriced(each.item.chargeKind) &&
        each.item.chargeMicroRho === item.chargeMicroRho &&
        each.result?.outcome !== 'refused' &&
        each.stage !== 'expired' &&
        equalBytes(each.item.snapshotHash, item.snapshotHash),
    )
  let isMissing = false
  const same: GatewayStudy[] = []
  for (const each of before) {
    let named = each.requestHash
    if (named === null) {
      const document = await fetching.documentOf(each.item.commitment)
      // The others are asked for meanwhile.
      if (document === null) isMissing = true
      named = document && (readQuestion(crypto, chainId, each, document, null)?.requestHash ?? null)
      if (named !== null) await book.change(each.studyHash, (current) => ({ ...current, requestHash: named }))
    }
    if (named !== null && equalBytes(named, requestHash)) same.push(book.find(each.studyHash)!)
  }
  return isMissing ? null : same
}

/** The study whose bytes a repeat or a recomputation is about, however many repeats lie between. */
export function originOf(book: GatewayBook, study: GatewayStudy): GatewayStudy {
  let origin = study
  while (origin.item.chargeKind === 'repeat' || origin.item.chargeKind === 'recompute') {
    const earlier = origin.item.of === null ? null : book.find(origin.item.of)
    if (earlier === null) break
    origin = earlier
  }
  return origin
}
