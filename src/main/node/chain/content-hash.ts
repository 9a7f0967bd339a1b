/** The hash of what a visit says clinically: what round trips between systems compare (record-format.md section 11). */
import { concatBytes } from '../../../shared/std/bytes.ts'
import type { Crypto } from '../crypto/crypto.ts'
import { ascii } from '../crypto/labels.ts'
import { encode } from './codec.ts'
import type { Field } from './record.ts'

const LABEL = ascii('consilium/content/1')
const SECTIONS = new Set([
  'patient',
  'encounter',
  'observation',
  'diagnosis',
  'procedure',
  'prescription',
  'outcome',
  'claim',
  'note',
])
const IDS = new Set(['patient.key', 'encounter.facility', 'encounter.referredFrom'])
const PAYER_MEMBER_TOKEN_SLOT = 3

/**
 * 32 bytes over the clinical fields of a record, in their order, without envelope, facility and everything that is an id
 * or a keyed token: the same visit has one content hash in every chain.
 */
export function contentHashOf(crypto: Crypto, fields: readonly Field[]): Uint8Array {
  return crypto.sha256(concatBytes(LABEL, encode(clinicalFields(fields))))
}

export function clinicalFields(fields: readonly Field[]): Field[] {
  return fields.filter(isClinical).map(withoutTokens)
}

function isClinical([name]: Field): boolean {
  const dot = name.indexOf('.')
  const section = dot < 0 ? name : name.slice(0, dot)
  return SECTIONS.has(section) && !IDS.has(name) && !name.startsWith('patient.token.')
}

function withoutTokens(field: Field): Field {
  const [name, value] = field
  if (name !== 'encounter.payer' || typeof value === 'string') return field
  return [name, value.map((slot, i) => (i === PAYER_MEMBER_TOKEN_SLOT ? null : slot))]
}
