/** The document of a study back to definitions that a screen says in sentences. What a document's texts leave out, titles and names, is put in. */
import { z } from 'zod'
import type { RequestQuestion } from '../../shared/contract/requests.ts'
import { cleaningPipeline } from '../../shared/domain/cleaning.ts'
import { standInName } from '../../shared/domain/code-set.ts'
import { cohortDefinition } from '../../shared/domain/cohort.ts'
import { intervalDefinition } from '../../shared/domain/intervals.ts'
import { requestOutput, type RequestOutput } from '../../shared/domain/request-output.ts'
import { studyDocument } from '../../shared/domain/study.ts'
import { toHex, type Bytes } from '../../shared/std/bytes.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import { decodeRequest, requestHash } from '../privacy/request/request-bytes.ts'
import type { StudyDocument } from '../privacy/request/study-document.ts'

/** Null where its texts are no definitions of this version. */
export function questionOf(crypto: Crypto, chainId: Bytes, document: StudyDocument): RequestQuestion | null {
  const { title } = document
  const hash = toHex(requestHash(crypto, chainId, document.requestBytes))
  if (document.lane === 'rule') {
    const study = studyDocument.safeParse(asObject(document.studyText))
    return study.success ? { lane: 'rule', study: study.data, requestHash: hash } : null
  }
  const request = decodeRequest(document.requestBytes)
  if (request === null) return null
  const parts = z
    .object({
      cohort: cohortDefinition,
      cleaning: cleaningPipeline.nullable(),
      followUp: intervalDefinition.nullable(),
      output: requestOutput,
    })
    .safeParse({
      cohort: withNames(asObject(document.cohortText), title),
      cleaning: withNames(asObject(document.cleaningText), title),
      followUp: withNames(asObject(document.followUpText), title),
      // A kind that the window does not know of does not compile.
      output: request.output satisfies { readonly kind: RequestOutput['kind'] },
    })
  return parts.success
    ? { lane: 'noise', ...parts.data, requestHash: hash, cohortHash: toHex(request.cohort) }
    : null
}

function withNames(whole: Record<string, unknown> | null, title: string): unknown {
  if (whole === null) return null
  const sets = (whole as { codeSets?: Record<string, { include?: readonly string[] }> }).codeSets
  const named =
    sets === undefined
      ? {}
      : {
          codeSets: Object.fromEntries(
            Object.entries(sets).map(([id, set]) => [id, { ...set, name: standInName(set.include ?? []) }]),
          ),
        }
  return { title, ...whole, ...named }
}

function asObject(text: string | null): Record<string, unknown> | null {
  if (text === null) return null
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
