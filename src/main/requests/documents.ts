/** What the documents of studies say, opened once and remembered while the node is open: titles, what was asked, and under which hash. */
import type { RequestQuestion } from '../../shared/contract/requests.ts'
import { toHex, type Bytes } from '../../shared/std/bytes.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import type { StudyExchange } from '../node/studies/study-exchange.ts'
import type { StudyRow } from '../node/studies/study-index.ts'
import { readDocument, type StudyDocument } from '../privacy/request/study-document.ts'
import { questionOf } from './question-of.ts'

export interface OpenedDocument {
  readonly document: StudyDocument
  readonly question: RequestQuestion | null
}

export interface Documents {
  /** Null where nobody within reach has it, or it is not for this member. */
  of(row: Pick<StudyRow, 'commitment' | 'studyHash'>): Promise<OpenedDocument | null>
}

/** As many as a member asks in years. */
const KEPT_MAX = 2_000

export function createDocuments(
  crypto: Crypto,
  chainId: Bytes,
  exchange: Pick<StudyExchange, 'documentOf'>,
): Documents {
  const kept = new Map<string, OpenedDocument>()
  return {
    async of({ commitment, studyHash }) {
      const name = toHex(commitment)
      const known = kept.get(name)
      if (known !== undefined) return known
      const bytes = await exchange.documentOf(commitment, studyHash)
      const document = bytes === null ? null : readDocument(bytes)
      if (document === null) return null
      const opened = { document, question: questionOf(crypto, chainId, document) }
      if (kept.size >= KEPT_MAX) kept.delete(kept.keys().next().value!)
      kept.set(name, opened)
      return opened
    },
  }
}
