/**
 * The key-box lane, between hospitals only: rows of the key box and sealed epoch keys (docs/spec/network.md section 8).
 * The lane does not exist for anybody else (`lanesBetween`), so nothing here asks who speaks.
 */
import type { Bytes } from '../../../../shared/std/bytes.ts'
import { encode, tryDecode } from '../../chain/codec.ts'
import { asArray, asList, isCount, type MerkleRoot } from '../../chain/ids.ts'
import {
  decodeKeyRow,
  decodeSealedEpochKey,
  encodeKeyRow,
  encodeSealedEpochKey,
  scopeNumberOf,
  type KeyRow,
  type Scope,
  type SealedEpochKey,
} from '../../chain/key-box.ts'
import { ROOTS_PER_REQUEST_MAX, rootsFromCbor } from './bodies.ts'

/** Rows of visits that are on their way; only the gateway scope is shared. */
export type KeyBoxMessage = { readonly rows: readonly KeyRow[] }

export type KeyBoxRequest =
  /** The rows of these records; the answer holds those that are there. */
  | { readonly kind: 'rows'; readonly scope: Scope; readonly roots: readonly MerkleRoot[] }
  /** The key of an epoch, sealed to the one that asks; none where it has no right to it or it is not here. */
  | { readonly kind: 'epoch-keys'; readonly scope: Scope; readonly from: number; readonly to: number }

const ROWS_PER_MESSAGE_MAX = 4_096
const EPOCHS_PER_REQUEST_MAX = 256
const SCOPES: readonly Scope[] = ['custodian', 'grant', 'gateway']

export function encodeKeyBoxMessage({ rows }: KeyBoxMessage): Bytes {
  return encode([1, rows.map(encodeKeyRow)])
}

export function decodeKeyBoxMessage(bytes: Bytes): KeyBoxMessage | null {
  const slots = asArray(tryDecode(bytes), 2)
  const rows = slots?.[0] === 1 ? everyOne(slots[1], ROWS_PER_MESSAGE_MAX, decodeKeyRow) : null
  return rows && { rows }
}

export function encodeKeyBoxRequest(request: KeyBoxRequest): Bytes {
  const scope = scopeNumberOf(request.scope)
  return request.kind === 'rows'
    ? encode([1, scope, request.roots])
    : encode([2, scope, request.from, request.to])
}

export function decodeKeyBoxRequest(bytes: Bytes): KeyBoxRequest | null {
  const value = tryDecode(bytes)
  const rows = asArray(value, 3)
  if (rows !== null && rows[0] === 1) {
    const scope = SCOPES.find((each) => scopeNumberOf(each) === rows[1])
    const roots = rootsFromCbor(rows[2], ROOTS_PER_REQUEST_MAX)
    return scope && roots ? { kind: 'rows', scope, roots } : null
  }
  const epochs = asArray(value, 4)
  if (epochs === null || epochs[0] !== 2) return null
  const [, number, from, to] = epochs
  const scope = SCOPES.find((each) => scopeNumberOf(each) === number)
  if (scope === undefined || !isCount(from) || !isCount(to)) return null
  if (to < from || to - from >= EPOCHS_PER_REQUEST_MAX) return null
  return { kind: 'epoch-keys', scope, from, to }
}

export function encodeRowsAnswer(rows: readonly KeyRow[]): Bytes {
  return encode(rows.map(encodeKeyRow))
}

export function decodeRowsAnswer(bytes: Bytes): KeyRow[] | null {
  return everyOne(tryDecode(bytes), ROWS_PER_MESSAGE_MAX, decodeKeyRow)
}

export function encodeEpochKeysAnswer(keys: readonly SealedEpochKey[]): Bytes {
  return encode(keys.map(encodeSealedEpochKey))
}

export function decodeEpochKeysAnswer(bytes: Bytes): SealedEpochKey[] | null {
  return everyOne(tryDecode(bytes), EPOCHS_PER_REQUEST_MAX, decodeSealedEpochKey)
}

function everyOne<T>(value: unknown, countMax: number, parse: (bytes: Bytes) => T | null): T[] | null {
  const list = asList(value as Parameters<typeof asList>[0], countMax)
  if (list === null) return null
  const all: T[] = []
  for (const each of list) {
    const parsed = each instanceof Uint8Array ? parse(each) : null
    if (parsed === null) return null
    all.push(parsed)
  }
  return all
}
