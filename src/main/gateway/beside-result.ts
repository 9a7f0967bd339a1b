/**
 * A gateway's word on a study that was answered without it (docs/spec/gateways.md section 5, S5e; ADR 0034): it computes what it had not computed by then, and says
 * what it found beside the result. So a slow gateway with other records shows as a fast one does, and an honest one is one more that found the same.
 */
import { equalBytes, toHex, type Bytes } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import { DAY_MS } from '../node/chain/limits.ts'
import type { GatewayStudy, StudyResult, Word } from './gateway-book.ts'
import type { GatewayOptions } from './gateway-port.ts'
import { resultHashOf } from './question.ts'

export interface BesideResult {
  isToCompute(study: GatewayStudy): boolean
  isToSay(study: GatewayStudy): boolean
  say(study: GatewayStudy, answer: Bytes | null): Promise<void>
  /** By rule a gateway has a proposal and no word until hospitals approved just its bytes: what it would have said; null where there is none. */
  wordOfProposal(study: GatewayStudy, result: StudyResult): Promise<Word | null>
}

/** Of chain time since the result: who was away for longer does not compute all that was answered meanwhile. */
const BESIDE_MS = DAY_MS

export function createBesideResult({
  crypto,
  chainId,
  memberId,
  engine,
  chain,
  exchange,
  book,
}: GatewayOptions): BesideResult {
  /** Since this start; after one it is said again, which changes nothing. */
  const said = new Set<string>()

  /** After one more erasure nothing may be computed of what it touched, and nothing that is found is compared. */
  function isOpenTo(result: StudyResult): boolean {
    return (
      result.erasureHeight === chain.state().erasureHeight &&
      chain.lastTime() - result.time < BESIDE_MS &&
      !result.attestations.some((each) => equalBytes(each.memberId, memberId))
    )
  }

  return {
    isToCompute(study) {
      const { stage, result, word, item } = study
      if (result === null || stage !== 'closed' || word !== null || !isOpenTo(result)) return false
      // Refused by people, or by what a document says that was not here: nothing is to be found.
      return item.chargeKind !== 'by-rule' || result.outcome === 'answered'
    },
    isToSay(study) {
      const { studyHash, stage, result, word, item } = study
      if (result === null || stage !== 'closed' || word === null || said.has(toHex(studyHash))) return false
      if (study.engine !== engine || study.erasureHeight !== result.erasureHeight) return false
      // Other bytes than those that hospitals approved were never this gateway's to say: its own people are told.
      const isProposed = item.chargeKind === 'by-rule' && word.outcome === 'answered'
      if (isProposed && !equalBytes(word.resultHash, result.resultHash)) return false
      return isOpenTo(result)
    },
    async say({ studyHash, word, result, erasureHeight }, answer) {
      said.add(toHex(studyHash))
      const isSame = equalBytes(word!.resultHash, result!.resultHash)
      // What others do not say is given to nobody.
      if (answer !== null && isSame) await exchange.keepAnswer(studyHash, answer)
      try {
        await exchange.attest({ studyHash, ...word!, engine, erasureHeight: erasureHeight! })
      } catch (error) {
        // It said something else before, with this engine: that stands.
        if (!(error instanceof Failure)) throw error
      }
    },
    async wordOfProposal({ studyHash, stage, word }, result) {
      const proposed = stage === 'proposed' && word === null ? await book.answerOf(studyHash) : null
      if (proposed === null || result.outcome !== 'answered') return null
      return { outcome: 'answered', resultHash: resultHashOf(crypto, chainId, proposed) }
    },
  }
}
