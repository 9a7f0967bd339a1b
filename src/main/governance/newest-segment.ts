/** The segment at a height with its certificate, as an invitation carries it. */
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
