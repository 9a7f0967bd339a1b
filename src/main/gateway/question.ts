/**
 * What a study asks, out of its sealed document: everything is held against the hashes that the chain has, and against the charge, before
 * anybody looks at data (docs/spec/gateways.md section 5). Whatever does not fit is refused, for every reason in the same words. Pure.
 */
import { equalBytes, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import type { CleaningPipeline } from '../../shared/domain/cleaning.ts'
import type { CohortDefinition } from '../../shared/domain/cohort.ts'
import type { IntervalDefinition } from '../../shared/domain/intervals.ts'
import { PURPOSES, type AllowedPurpose } from '../../shared/domain/purposes.ts'
import { canonicalStudy, type StudyDocument as StudyDefinition } from '../../shared/domain/study.ts'
import { stepsThatCompare } from '../analytics/gated/alone.ts'
import { tryDecode } from '../node/chain/codec.ts'
import { asArray, isBytes, type ChainId, type MemberId } from '../node/chain/ids.ts'
import { isPriced } from '../node/chain/privacy-ledger.ts'
import { commitmentOf, type StudyItem } from '../node/chain/study-items.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import { labelHash } from '../node/crypto/labels.ts'
import { chargeKindOf, type ReleaseRequest } from '../privacy/request/release-request.ts'
import { decodeRequest, requestHash } from '../privacy/request/request-bytes.ts'
import { readDocument, type StudyDocument } from '../privacy/request/study-document.ts'
import { cleaningOfText, cohortOfText, intervalsOfText, studyOfText } from './definitions.ts'

export type Question = { readonly requestHash: Bytes; readonly purpose: AllowedPurpose } & (
  | {
      readonly lane: 'noise'
      readonly bytes: Bytes
      readonly request: ReleaseRequest
      readonly cohort: CohortDefinition
      readonly cleaning: CleaningPipeline | null
      readonly followUp: IntervalDefinition | null
    }
  | { readonly lane: 'rule'; readonly study: StudyDefinition }
)

/** First slot of the request of a study by rule. */
const BY_RULE = 'by-rule/1'

/**
 * @param study its item's clear part and author, who is bound by the commitment as every byte of the document is
 * @param engine the engine that is here: a study that names another one would not be answered with its bytes; null: whichever it names
 */
export function readQuestion(
  crypto: Crypto,
  chainId: ChainId,
  { item, author }: { readonly item: StudyItem; readonly author: MemberId },
  documentBytes: Bytes,
  engine: string | null,
): Question | null {
  if (!equalBytes(commitmentOf(crypto, chainId, author, documentBytes), item.commitment)) return null
  const document = readDocument(documentBytes)
  if (document === null) return null
  const purpose = PURPOSES.find((each) => each === document.purpose)
  if (purpose === undefined) return null
  const hash = requestHash(crypto, chainId, document.requestBytes)
  const question =
    document.lane === 'noise'
      ? noiseQuestion(crypto, item, document)
      : ruleQuestion(crypto, item, document, engine)
  return question === null ? null : { ...question, requestHash: hash, purpose }
}

/** What gateways attest of an answer. */
export function resultHashOf(crypto: Crypto, chainId: ChainId, answer: Bytes): Bytes {
  return labelHash(crypto, 'consilium/result/1', chainId, answer)
}

type Unnamed<T> = T extends unknown ? Omit<T, 'requestHash' | 'purpose'> : never

function noiseQuestion(crypto: Crypto, item: StudyItem, document: StudyDocument): Unnamed<Question> | null {
  const { requestBytes, cohortText, cleaningText, followUpText, studyText } = document
  const request = decodeRequest(requestBytes)
  if (request === null || studyText !== null || cohortText === null || item.chargeKind === 'by-rule')
    return null
  if (!equalBytes(request.snapshot, item.snapshotHash)) return null
  if (isPriced(item.chargeKind)) {
    const kind = chargeKindOf(request.output, item.chargeKind === 'registered-model')
    if (kind !== item.chargeKind || request.microRho !== item.chargeMicroRho) return null
  }
  const isNamed = (text: string | null, named: Bytes | null) =>
    text === null ? named === null : named !== null && equalBytes(crypto.sha256(utf8Encode(text)), named)
  if (!isNamed(cohortText, request.cohort) || !isNamed(cleaningText, request.cleaning)) return null
  if (!isNamed(followUpText, request.followUp)) return null
  const cohort = cohortOfText(cohortText)
  const cleaning = cleaningText === null ? null : cleaningOfText(cleaningText)
  const followUp = followUpText === null ? null : intervalsOfText(followUpText)
  if (cohort === null || (cleaning === null) !== (cleaningText === null)) return null
  if ((followUp === null) !== (followUpText === null)) return null
  if (cleaning !== null && stepsThatCompare(cleaning).length > 0) return null
  return { lane: 'noise', bytes: requestBytes, request, cohort, cleaning, followUp }
}

function ruleQuestion(
  crypto: Crypto,
  item: StudyItem,
  { requestBytes, cohortText, cleaningText, followUpText, studyText }: StudyDocument,
  engine: string | null,
): Unnamed<Question> | null {
  if (item.chargeKind !== 'by-rule' && item.chargeKind !== 'repeat' && item.chargeKind !== 'recompute')
    return null
  if (studyText === null || cohortText !== null || cleaningText !== null || followUpText !== null) return null
  const [label, snapshot, hash] = asArray(tryDecode(requestBytes), 3) ?? []
  if (label !== BY_RULE || !isBytes(snapshot, 32) || !isBytes(hash, 32)) return null
  if (!equalBytes(snapshot, item.snapshotHash)) return null
  const study = studyOfText(studyText)
  if (study === null || (engine !== null && study.engine !== null && study.engine !== engine)) return null
  return equalBytes(crypto.sha256(utf8Encode(canonicalStudy(study))), hash) ? { lane: 'rule', study } : null
}
