/** The names of things on the chain as types that cannot be mixed up, and small readers of decoded CBOR. */
import type { Brand } from '../../../shared/std/brand.ts'
import { equalBytes, toHex } from '../../../shared/std/bytes.ts'
import type { Cbor } from './codec.ts'

/** 32 bytes: hash of the genesis document. */
export type ChainId = Brand<Uint8Array, 'ChainId'>
/** 32 bytes: the hash of a head, a block's own hash. */
export type BlockHash = Brand<Uint8Array, 'BlockHash'>
/** 32 bytes: hash of a segment. */
export type SegmentId = Brand<Uint8Array, 'SegmentId'>
/** 32 bytes: names one version of a record everywhere. */
export type MerkleRoot = Brand<Uint8Array, 'MerkleRoot'>
/** 16 bytes: the beginning of a hash of the member's root key. */
export type MemberId = Brand<Uint8Array, 'MemberId'>
/** 32 bytes: hash of a signed item. */
export type ItemHash = Brand<Uint8Array, 'ItemHash'>

export const MEMBER_ID_BYTES = 16

/** For keys of maps and sets. */
export function keyOf(bytes: Uint8Array): string {
  return toHex(bytes)
}

export function asArray(value: Cbor | undefined, length: number): readonly Cbor[] | null {
  return Array.isArray(value) && value.length === length ? (value as readonly Cbor[]) : null
}

export function asList(value: Cbor | undefined, lengthMax: number): readonly Cbor[] | null {
  return Array.isArray(value) && value.length <= lengthMax ? (value as readonly Cbor[]) : null
}

/** Every element read, or null where one cannot be. */
export function listOf<T>(
  value: Cbor | undefined,
  lengthMax: number,
  read: (entry: Cbor) => T | null,
): T[] | null {
  const list = asList(value, lengthMax)
  if (list === null) return null
  const values: T[] = []
  for (const entry of list) {
    const one = read(entry)
    if (one === null) return null
    values.push(one)
  }
  return values
}

export function isBytes(value: Cbor | undefined, byteCount: number): value is Uint8Array {
  return value instanceof Uint8Array && value.length === byteCount
}

/** A count, an index, a time: 0 … 2^53 - 1. */
export function isCount(value: Cbor | undefined): value is number {
  return typeof value === 'number' && value >= 0
}

export function isText(value: Cbor | undefined, lengthMax: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= lengthMax
}

export function isSameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a === null || b === null ? a === b : equalBytes(a, b)
}
