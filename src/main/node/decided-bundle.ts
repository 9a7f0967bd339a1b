/** A segment together with the certificate that made it final, as a peer hands it over; without bodies. */
import { equalBytes, type Bytes } from '../../shared/std/bytes.ts'
import { decodeCertificate, type Certificate } from './chain/certificate.ts'
import type { ChainId, SegmentId } from './chain/ids.ts'
import { decodeSegment, segmentIdOf, type Segment, type SegmentBundle } from './chain/segment.ts'
import type { Crypto } from './crypto/crypto.ts'

export interface DecidedBundle {
  readonly certificate: Bytes
  readonly bundle: SegmentBundle
}

/** Null where certificate and segment are not of each other. Whether it holds is for whoever knows the voters. */
export function certificateOfBundle(
  crypto: Crypto,
  chainId: ChainId,
  { certificate: bytes, bundle }: DecidedBundle,
): { readonly certificate: Certificate; readonly segment: Segment; readonly segmentId: SegmentId } | null {
  const certificate = decodeCertificate(bytes)
  const segment = decodeSegment(bundle.segment)
  if (certificate === null || segment === null || certificate.height !== segment.height) return null
  const segmentId = segmentIdOf(crypto, chainId, bundle.segment)
  return equalBytes(certificate.segmentId, segmentId) ? { certificate, segment, segmentId } : null
}
