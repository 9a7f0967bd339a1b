/** The one form of a request that is hashed (ADR 0005; docs/spec/privacy.md Q1): what decodes is canonical and may be asked. */
import { equalBytes } from '../../../shared/std/bytes.ts'
import { encode, tryDecode, type Cbor } from '../../node/chain/codec.ts'
import { asArray, asList, isBytes } from '../../node/chain/ids.ts'
import type { Crypto } from '../../node/crypto/crypto.ts'
import { labelHash } from '../../node/crypto/labels.ts'
import { formNumbered, formOf, OUTPUT_KINDS, type Output } from './outputs.ts'
import { canonicalRequest, problemsOfRequest, type ReleaseRequest } from './release-request.ts'

/** 2 added the pipeline by which records are cleaned before anything is counted. */
const VERSION = 2
const HASH_BYTES = 32
/** Its kind and what that has, in the longest form. */
const OUTPUT_SLOTS_MAX = 9

export function encodeRequest(request: ReleaseRequest): Uint8Array {
  const { snapshot, cohort, cleaning, followUp, output, microRho } = canonicalRequest(request)
  return encode([VERSION, snapshot, cohort, cleaning, followUp, outputToCbor(output), microRho])
}

/** Names the question everywhere: in the ledger, the noise and the answer. */
export function requestHash(crypto: Crypto, chainId: Uint8Array, bytes: Uint8Array): Uint8Array {
  return labelHash(crypto, 'consilium/request/1', chainId, bytes)
}

/** The request, or null for whatever is not the canonical form of one that may be asked. */
export function decodeRequest(bytes: Uint8Array): ReleaseRequest | null {
  const fields = asArray(tryDecode(bytes), 7)
  if (fields === null) return null
  const [version, snapshot, cohort, cleaning, followUp, encoded, microRho] = fields
  const output = outputFromCbor(encoded)
  if (version !== VERSION || output === null || typeof microRho !== 'number') return null
  if (!isBytes(snapshot, HASH_BYTES) || !isBytes(cohort, HASH_BYTES)) return null
  if (cleaning !== null && !isBytes(cleaning, HASH_BYTES)) return null
  if (followUp !== null && !isBytes(followUp, HASH_BYTES)) return null
  const request: ReleaseRequest = { snapshot, cohort, cleaning, followUp, output, microRho }
  if (problemsOfRequest(request).length > 0) return null
  return equalBytes(encodeRequest(request), bytes) ? request : null
}

function outputToCbor(output: Output): Cbor {
  return [OUTPUT_KINDS.indexOf(output.kind), ...formOf(output).toCbor(output)]
}

/** The shape only; what may be asked says `problemsOfRequest`. */
function outputFromCbor(value: Cbor | undefined): Output | null {
  const [number, ...slots] = asList(value, OUTPUT_SLOTS_MAX) ?? []
  return typeof number === 'number' ? (formNumbered(number)?.fromCbor(slots) ?? null) : null
}
