/** What would leave by rule, out of what this gateway keeps: for the people who look at it. */
import type { Bytes } from '../../shared/std/bytes.ts'
import type { ItemHash, MemberId } from '../node/chain/ids.ts'
import type { CheckVerdict } from '../node/chain/study-items.ts'
import { readDocument, type StudyDocument } from '../privacy/request/study-document.ts'
import type { RuleCheck } from '../privacy/rules/rule-check.ts'
import type { GatewayOptions } from './gateway-port.ts'
import { resultHashOf } from './question.ts'

/** What would leave by rule, as two people of other hospitals are shown it. */
export interface OpenProposal {
  readonly studyHash: ItemHash
  readonly author: MemberId
  readonly snapshotHash: ItemHash
  readonly studyId: Bytes
  readonly height: number
  /** Milliseconds since 1970. */
  readonly time: number
  readonly document: StudyDocument
  /** The very bytes that would leave. */
  readonly answer: Bytes
  /** Their hash, which a check names. */
  readonly proposalHash: Bytes
  readonly checks: readonly RuleCheck[]
  readonly verdicts: readonly {
    readonly memberId: MemberId
    readonly proposalHash: Bytes
    readonly verdict: CheckVerdict
  }[]
}

export interface Proposals {
  /** Those that wait for people, in the order of the chain. */
  open(): Promise<readonly OpenProposal[]>
  /** Also one that was decided, as long as this gateway has what was proposed; null for every other study, and for one that is over. */
  of(studyHash: Bytes): Promise<OpenProposal | null>
}

export function createProposals({ crypto, chainId, exchange, book }: GatewayOptions): Proposals {
  async function of(studyHash: Bytes): Promise<OpenProposal | null> {
    const study = book.find(studyHash)
    // What is over is nobody's to look at any more.
    if (study === null || study.judged !== 'to-be-checked' || study.stage === 'expired') return null
    const answer = await book.answerOf(studyHash)
    const checks = await book.checksOf(studyHash)
    const bytes = await exchange.documentHere(study.item.commitment)
    const document = bytes === null ? null : readDocument(bytes)
    if (answer === null || checks === null || document === null) return null
    const { item, author, height, time } = study
    return {
      studyHash: study.studyHash,
      author,
      snapshotHash: item.snapshotHash,
      studyId: item.studyId,
      height,
      time,
      document,
      answer,
      proposalHash: resultHashOf(crypto, chainId, answer),
      checks,
      verdicts: study.checks,
    }
  }

  return {
    of,
    async open() {
      const waiting = book.list().filter(({ stage }) => stage === 'proposed')
      const found = await Promise.all(waiting.map(({ studyHash }) => of(studyHash)))
      return found.filter((each) => each !== null)
    },
  }
}
