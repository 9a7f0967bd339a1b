/** The document of a study back to definitions that a screen says in sentences. What a document's texts leave out, titles and names, is put in. */
import { z } from 'zod'
import type { RequestQuestion } from '../../shared/contract/requests.ts'
import { cleaningPipeline } from '../../shared/domain/cleaning.ts'
import { cohortDefinition } from '../../shared/domain/cohort.ts'
import { intervalDefinition } from '../../shared/domain/intervals.ts'
import { requestOutput } from '../../shared/domain/request-output.ts'
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
    const text = asObject(document.studyText)
    if (text === null) return null
    const parts = {
      title,
      cohort: withNames(text['cohort'], title),
      cleaning: withNames(text['cleaning'], title),
      intervals: withNames(text['intervals'], title),
      models: asList(text['models']).map((model, m) => ({ ...(model as object), title: String(m + 1) })),
    }
    const study = studyDocument.safeParse({ ...text, ...parts })
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
      output: request.output,
    })
  return parts.success
    ? { lane: 'noise', ...parts.data, requestHash: hash, cohortHash: toHex(request.cohort) }
    : null
}

/** A canonical text may be `{schema: …}` as an object, or already be one inside the study's text. */
function withNames(part: unknown, title: string): unknown {
  const whole = typeof part === 'string' ? asObject(part) : part
  if (whole === null || typeof whole !== 'object') return whole ?? null
  const sets = (whole as { codeSets?: Record<string, { include?: readonly string[] }> }).codeSets
  const named =
    sets === undefined
      ? {}
      : {
          codeSets: Object.fromEntries(
            Object.entries(sets).map(([id, set]) => [
              id,
              { ...set, name: (set.include ?? []).slice(0, NAMED_MOST).join(', ').slice(0, NAME_MAX) },
            ]),
          ),
        }
  return { title, ...whole, ...named }
}

/** Patterns that stand for the name of a code set. */
const NAMED_MOST = 3
const NAME_MAX = 120

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

function asObject(text: string | null): Record<string, unknown> | null {
  if (text === null) return null
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
