/**
 * What a person composed, as the bytes that the gateways get: the request in its one form, the texts that it names by their hashes, its
 * own hash, and what keeps it from being asked. Nothing here looks at data.
 */
import type { Asked, AskProblem } from '../../shared/contract/requests.ts'
import { canonicalCleaning, cleaningProblems, type CleaningPipeline } from '../../shared/domain/cleaning.ts'
import { canonicalCohort, problemsOf } from '../../shared/domain/cohort.ts'
import { canonicalIntervals, problemsOfIntervals } from '../../shared/domain/intervals.ts'
import {
  canonicalStudy,
  isImputing,
  problemsOfStudy,
  type StudyDocument as StudyDefinition,
} from '../../shared/domain/study.ts'
import { fromHex, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { canonicalJson, type CanonicalValue } from '../../shared/std/canonical-json.ts'
import { stepsThatCompare } from '../analytics/gated/alone.ts'
import { encode } from '../node/chain/codec.ts'
import type { ChargeKind } from '../node/chain/privacy-ledger.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import { encodeRequest, requestHash } from '../privacy/request/request-bytes.ts'
import { chargeKindOf, problemsOfRequest, type ReleaseRequest } from '../privacy/request/release-request.ts'
import { canBeAnsweredByRule } from '../privacy/rules/by-rule-size.ts'
import { REQUEST_BYTES_MAX, type StudyDocument } from '../privacy/request/study-document.ts'

type Texts = Pick<
  StudyDocument,
  'lane' | 'requestBytes' | 'cohortText' | 'cleaningText' | 'followUpText' | 'studyText'
>

export type ReadyRequest = {
  readonly texts: Texts
  /** Null by rule. */
  readonly request: ReleaseRequest | null
  readonly requestHash: Bytes
  readonly cohortHash: Bytes
  readonly chargeKind: ChargeKind
}

export type Readied =
  ({ readonly kind: 'ready' } & ReadyRequest) | { readonly kind: 'problems'; readonly problems: AskProblem[] }

/** @param hospitalCount whose records are asked: how long an answer by rule could be depends on it */
export function readyRequest(crypto: Crypto, chainId: Bytes, asked: Asked, hospitalCount: number): Readied {
  return asked.lane === 'noise'
    ? readyByNoise(crypto, chainId, asked)
    : readyByRule(crypto, chainId, asked, hospitalCount)
}

function readyByNoise(crypto: Crypto, chainId: Bytes, asked: Asked & { lane: 'noise' }): Readied {
  const { cohort, cleaning, followUp, output, microRho } = asked
  const cohortText = canonicalCohort(cohort)
  const cleaningText = cleaning === null ? null : canonicalCleaning(cleaning)
  const followUpText = followUp === null ? null : canonicalIntervals(followUp)
  const hashOf = (text: string): Bytes => crypto.sha256(utf8Encode(text))
  const request: ReleaseRequest = {
    snapshot: fromHex(asked.snapshot),
    cohort: hashOf(cohortText),
    cleaning: cleaningText === null ? null : hashOf(cleaningText),
    followUp: followUpText === null ? null : hashOf(followUpText),
    output,
    microRho,
  }
  const problems: AskProblem[] = [
    ...problemsOf(cohort).map((problem) => ({
      kind: 'study' as const,
      problem: { kind: 'cohort' as const, problem },
    })),
    ...(followUp === null ? [] : problemsOfIntervals(followUp)).map((problem) => ({
      kind: 'study' as const,
      problem: { kind: 'intervals' as const, problem },
    })),
    ...(cleaning === null ? [] : cleaningProblems(cleaning)).map((problem) => ({
      kind: 'study' as const,
      problem: { kind: 'cleaning' as const, problem },
    })),
    ...(cleaning === null ? [] : comparingSteps(cleaning)).map((step) => ({
      kind: 'cleaning' as const,
      step,
    })),
    ...new Set(problemsOfRequest(request)),
  ].map((each) => (typeof each === 'string' ? { kind: 'request' as const, problem: each } : each))
  if (problems.length > 0) return { kind: 'problems', problems }
  const requestBytes = encodeRequest(request)
  // Charged before anybody reads it, and refused then.
  if (requestBytes.length > REQUEST_BYTES_MAX)
    return { kind: 'problems', problems: [{ kind: 'request', problem: 'too-long' }] }
  return {
    kind: 'ready',
    texts: { lane: 'noise', requestBytes, cohortText, cleaningText, followUpText, studyText: null },
    request,
    requestHash: requestHash(crypto, chainId, requestBytes),
    cohortHash: request.cohort,
    chargeKind: chargeKindOf(output, asked.registration !== null),
  }
}

/** The study names no state of its own: the request names the snapshot. */
function readyByRule(
  crypto: Crypto,
  chainId: Bytes,
  { snapshot, study }: Asked & { lane: 'rule' },
  hospitalCount: number,
): Readied {
  const problems = problemsOfStudy(study)
  if (problems.length > 0)
    return { kind: 'problems', problems: problems.map((problem) => ({ kind: 'study', problem })) }
  if (isImputing(study)) return { kind: 'problems', problems: [{ kind: 'imputes' }] }
  if (!canBeAnsweredByRule(study, hospitalCount))
    return { kind: 'problems', problems: [{ kind: 'answer-too-long' }] }
  const meant: StudyDefinition = { ...study, snapshot: null, engine: null }
  const named = crypto.sha256(utf8Encode(canonicalStudy(meant)))
  const requestBytes = encode(['by-rule/1', fromHex(snapshot), named])
  // The document with its titles: gateways and checkers read them, its name is the hash of what it means.
  const studyText = canonicalJson(meant as CanonicalValue)
  return {
    kind: 'ready',
    texts: {
      lane: 'rule',
      requestBytes,
      cohortText: null,
      cleaningText: null,
      followUpText: null,
      studyText,
    },
    request: null,
    requestHash: requestHash(crypto, chainId, requestBytes),
    cohortHash: crypto.sha256(utf8Encode(canonicalCohort(study.cohort))),
    chargeKind: 'by-rule',
  }
}

/** Their places: what one patient adds to an answer must depend on nobody else (docs/spec/privacy.md Q4). */
function comparingSteps({ steps }: CleaningPipeline): number[] {
  return steps.flatMap((step, i) => (stepsThatCompare({ steps: [step] }).length > 0 ? [i] : []))
}
