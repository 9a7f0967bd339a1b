/**
 * What travels sealed beside a study's commitment (docs/spec/gateways.md section 2): the request, the texts that it names by their
 * hashes, what it is for. Gateways and its author open it. Pure.
 */
import { equalBytes } from '../../../shared/std/bytes.ts'
import { encode, tryDecode, type Cbor } from '../../node/chain/codec.ts'
import { asArray, isBytes, isText } from '../../node/chain/ids.ts'

export const SALT_BYTES = 32
const VERSION = 1
/** No honest definition is longer: the longest code sets have thousands of codes. */
const TEXT_MAX = 4 << 20
/** A request that is longer is none: of a monitoring table the codes of the groups. */
export const REQUEST_BYTES_MAX = 16_384
const TITLE_MAX = 200
const PURPOSE_MAX = 64

export type StudyDocument = {
  /** 32 bytes: without them the commitment would tell whoever guesses the request. */
  readonly salt: Uint8Array
  /** Automatic with noise, or by rule and with checkers. */
  readonly lane: 'noise' | 'rule'
  readonly requestBytes: Uint8Array
  /** Canonical texts, whose SHA-256 the request names; null where it names none. */
  readonly cohortText: string | null
  readonly cleaningText: string | null
  readonly followUpText: string | null
  /** The whole study of lane `rule`. */
  readonly studyText: string | null
  /** A code of rule R12. */
  readonly purpose: string
  readonly title: string
}

const LANES = ['noise', 'rule'] as const

export function encodeDocument(document: StudyDocument): Uint8Array {
  const { salt, lane, requestBytes, cohortText, cleaningText, followUpText, studyText, purpose, title } =
    document
  return encode([
    VERSION,
    salt,
    LANES.indexOf(lane) + 1,
    requestBytes,
    cohortText,
    cleaningText,
    followUpText,
    studyText,
    purpose,
    title,
  ])
}

/** Null for what `encodeDocument` never gives; whether the texts hash to what the request names is the gateway's to say. */
export function readDocument(bytes: Uint8Array): StudyDocument | null {
  const slots = asArray(tryDecode(bytes), 10)
  if (slots === null) return null
  const [version, salt, laneNumber, requestBytes, cohortText, cleaningText, followUpText, studyText] = slots
  const [purpose, title] = slots.slice(8)
  const lane = typeof laneNumber === 'number' ? LANES[laneNumber - 1] : undefined
  if (version !== VERSION || lane === undefined || !isBytes(salt, SALT_BYTES)) return null
  if (!(requestBytes instanceof Uint8Array) || requestBytes.length > REQUEST_BYTES_MAX) return null
  if (!isTextOrNull(cohortText) || !isTextOrNull(cleaningText) || !isTextOrNull(followUpText)) return null
  if (!isTextOrNull(studyText) || !isText(purpose, PURPOSE_MAX) || !isText(title, TITLE_MAX)) return null
  const document: StudyDocument = {
    salt,
    lane,
    requestBytes,
    cohortText,
    cleaningText,
    followUpText,
    studyText,
    purpose,
    title,
  }
  return equalBytes(encodeDocument(document), bytes) ? document : null
}

function isTextOrNull(value: Cbor | undefined): value is string | null {
  return value === null || isText(value, TEXT_MAX)
}
