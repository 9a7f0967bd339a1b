/** Answers: kept sealed where they were computed, given to whom they are for once the result is final. */
import { equalBytes, type Bytes } from '../../../shared/std/bytes.ts'
import type { NodeSeal } from '../access/node-seal.ts'
import type { ItemHash } from '../chain/ids.ts'
import type { StudyAnswerRefusal } from '../network/protocols/studies.ts'
import type { Peer } from '../network/transport.ts'
import { answerKey } from '../storage/buckets.ts'
import { put, type Store } from '../storage/store.ts'
import { ask, isGateway, reachableGateways, type Around } from './around.ts'
import { resultHashOf } from './envelope.ts'
import { StudyFailure } from './study-exchange.ts'
import type { StudyIndex } from './study-index.ts'

/** The newest repeats and recomputations of one study by one member that are looked at. */
const AGAIN_MOST = 100

export interface Answers {
  keep(studyHash: ItemHash, answer: Bytes): Promise<void>
  of(studyHash: ItemHash): Promise<Bytes | null>
  /** Of a study without a result what this node computed, of others what the result names. */
  here(studyHash: ItemHash): Promise<Bytes | null>
  answer(from: Peer, studyHash: ItemHash): Promise<Bytes | StudyAnswerRefusal>
}

export const ANSWER_BYTES_MAX = 1 << 20

export function createAnswers(store: Store, seal: NodeSeal, around: Around, index: StudyIndex): Answers {
  const { crypto, chainId, memberId } = around

  async function kept(studyHash: ItemHash): Promise<Bytes | null> {
    const key = answerKey(studyHash)
    const value = await store.get(key)
    return value && seal.open(key, value)
  }

  async function keep(studyHash: ItemHash, answer: Bytes): Promise<void> {
    if (answer.length > ANSWER_BYTES_MAX)
      throw new StudyFailure({ code: 'too-long', byteCount: answer.length, byteCountMax: ANSWER_BYTES_MAX })
    const key = answerKey(studyHash)
    await store.commit([put(key, seal.seal(key, answer))])
  }

  const isAnswer = (answer: Bytes, resultHash: Bytes): boolean =>
    equalBytes(resultHashOf(crypto, chainId, answer), resultHash)

  async function here(studyHash: ItemHash): Promise<Bytes | null> {
    const own = await kept(studyHash)
    const row = await index.studyOf(studyHash)
    // A gateway looks at what it computed before it is released; nobody else has anything then.
    if (own === null || row === null || row.result === null) return own
    return isAnswer(own, row.result.resultHash) ? own : null
  }

  /** Everybody where it was published; else the author of the study, or of one that asked the same again or to compute it again. */
  async function isFor(peer: Peer, studyHash: ItemHash): Promise<boolean> {
    const row = await index.studyOf(studyHash)
    if (row === null) return false
    if (row.requesterClass === 'published' || equalBytes(row.author, peer.memberId)) return true
    // That the gateways let it pass, not that it was asked: a repeat costs nothing and may name anything.
    const again = await index.list({ author: peer.memberId, of: studyHash, limit: AGAIN_MOST })
    return again.some(({ result }) => result?.outcome === 'answered' || result?.outcome === 'identical')
  }

  return {
    keep,
    here,
    async of(studyHash) {
      const own = await here(studyHash)
      const row = await index.studyOf(studyHash)
      if (own !== null || row === null || row.result === null) return own
      const { resultHash } = row.result
      for (const gateway of reachableGateways(around)) {
        const asked = await ask(around, gateway.memberId, { kind: 'answer', studyHash })
        if (asked.kind !== 'answer' || !isAnswer(asked.bytes, resultHash)) continue
        await keep(studyHash, asked.bytes)
        return asked.bytes
      }
      return null
    },
    async answer(from, studyHash) {
      const isOfGateway = isGateway(around, from.memberId)
      if (!isGateway(around, memberId)) return 'not-for-you'
      if (!isOfGateway && !(await isFor(from, studyHash))) return 'not-for-you'
      const row = await index.studyOf(studyHash)
      // Nothing leaves the gateways before all of them but the faulty said the same, in a final item.
      if (row === null || row.result === null) return 'not-ready'
      const answer = await kept(studyHash)
      return answer !== null && isAnswer(answer, row.result.resultHash) ? answer : 'not-here'
    },
  }
}
