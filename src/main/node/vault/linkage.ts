/**
 * The patient key: what makes one person's visits in several hospitals findable as one history, without a name or a
 * number. HMAC-SHA-256 under the consortium's linkage key over the label and the source of identity; only hospitals
 * hold that key, since whoever has it can try all national ids (DESIGN 4).
 */
import { createHmac } from 'node:crypto'
import { utf8Encode, type Bytes } from '../../../shared/std/bytes.ts'

/** @param keySource `national-id|NORMALISED`, or a source that only this hospital knows */
export function patientKey(linkageKey: Bytes, keySource: string): string {
  return createHmac('sha256', linkageKey)
    .update('consilium/patient-key/1')
    .update(Uint8Array.of(0))
    .update(utf8Encode(keySource.normalize('NFC')))
    .digest('hex')
}
