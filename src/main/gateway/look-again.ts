/**
 * When what a gateway has found of a study is looked at again (docs/spec/gateways.md section 5): another engine is here, an erasure was agreed to, or its
 * days are over.
 */
import { equalBytes, toHex, type Bytes } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import { DAY_MS } from '../node/chain/limits.ts'
import { expiryDayOf, type ResultOutcome } from '../node/chain/study-items.ts'
import type { GatewayStudy } from './gateway-book.ts'
import type { GatewayOptions } from './gateway-port.ts'
import { resultHashOf } from './question.ts'

export interface LookAgain {
  /** By the chain's time; whether it has a result by then is another question. */
  isPastItsDay(study: GatewayStudy): boolean
  /**
   * What another engine found is found anew by the one that is here. So is what an erasure may have changed: of a snapshot that lost a record, and what
   * is judged by rule against studies of one. An erasure of anything else leaves what was found as it is, and it is said again as of that erasure.
   * `later` where that cannot be read now.
   */
  look(study: GatewayStudy): Promise<'stands' | 'anew' | 'later'>
  /** Whether it came out as it was. */
  isAsBefore(study: GatewayStudy, outcome: ResultOutcome, resultHash: Bytes): Promise<boolean>
}

/**
 * Of the last erasure that hospitals agreed to: before anything is looked at that is said of it. By then every statement up to it is known, and every
 * result. @throws Failure where some are still to be read, which takes a moment
 */
export function lastErasure({ chain, exchange }: Pick<GatewayOptions, 'chain' | 'exchange'>): number {
  const { erasureHeight } = chain.state()
  if (exchange.toldUpTo() < erasureHeight) throw new Failure({ code: 'not-ready' })
  return erasureHeight
}

/** Whether one of the snapshots that what was found rests on lost its first record since. Null where one cannot be read. */
export async function isTouchedSince(
  { chain, book }: Pick<GatewayOptions, 'chain' | 'book'>,
  { item, place }: GatewayStudy,
  since: number,
): Promise<boolean | null> {
  const rested = new Map([[toHex(item.snapshotHash), item.snapshotHash]])
  if (item.chargeKind === 'by-rule')
    for (const each of book.list())
      if (each.place < place && each.item.chargeKind === 'by-rule')
        rested.set(toHex(each.item.snapshotHash), each.item.snapshotHash)
  for (const snapshotHash of rested.values()) {
    const at = await chain.snapshotOf(snapshotHash)
    if (at === null) return null
    if (((await chain.firstErasureOf(at)) ?? 0) > since) return true
  }
  return false
}

export function createLookAgain(options: GatewayOptions): LookAgain {
  const { crypto, chainId, chain, book } = options

  return {
    isPastItsDay: ({ time, item }) => expiryDayOf(time, item) <= Math.floor(chain.lastTime() / DAY_MS),
    async look(study) {
      const { stage, engine, erasureHeight: lookedAt, studyHash } = study
      if (stage !== 'proposed' && stage !== 'decided') return 'stands'
      if (engine !== options.engine || lookedAt === null) return 'anew'
      if (lookedAt === chain.state().erasureHeight) return 'stands'
      try {
        const erasureHeight = lastErasure(options)
        const touched = await isTouchedSince(options, study, lookedAt)
        if (touched === null) return 'later'
        if (touched) return 'anew'
        await book.change(studyHash, (current) => ({ ...current, erasureHeight }))
        return 'stands'
      } catch (error) {
        if (error instanceof Failure) return 'later'
        throw error
      }
    },
    async isAsBefore({ stage, word, studyHash }, outcome, resultHash) {
      if (stage === 'decided')
        return word !== null && word.outcome === outcome && equalBytes(word.resultHash, resultHash)
      const before = stage === 'proposed' && outcome === 'answered' ? await book.answerOf(studyHash) : null
      return before !== null && equalBytes(resultHashOf(crypto, chainId, before), resultHash)
    },
  }
}
