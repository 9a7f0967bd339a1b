/** The segment at a height with its certificate, as an invitation carries it, and whether a newcomer has fetched the same. */
import { equalBytes } from '../../shared/std/bytes.ts'
import { decodeSegment } from '../node/chain/segment.ts'
import { readSegment } from '../node/storage/chain-store.ts'
import type { ReadableStore } from '../node/storage/store.ts'

export async function segmentWithCertificate(
  store: ReadableStore,
  height: number,
): Promise<{ segment: Uint8Array; certificate: Uint8Array } | null> {
  if (height === 0) return null
  const stored = await readSegment(store, height)
  if (stored.kind !== 'ok') return null
  const { segment, certificate } = stored.value
  return { segment, certificate }
}

/**
 * Whether the chain that was fetched is the one on which the invitation was made: whoever shows a newcomer another history
 * shows it another segment at that height. Null while nobody can say.
 * @param expected the invitation's segment
 */
export async function isExpectedChain(
  store: ReadableStore,
  height: number,
  expected: Uint8Array,
): Promise<boolean | null> {
  const segment = decodeSegment(expected)
  if (segment === null || height < segment.height) return null
  const own = await segmentWithCertificate(store, segment.height)
  // Damaged here: it is fetched again.
  return own === null ? null : equalBytes(own.segment, expected)
}
