/** Bytes of an answer back to what they say (docs/spec/privacy.md section 4): for the screen, and for whoever verifies a paper. Pure. */
import { equalBytes } from '../../../shared/std/bytes.ts'
import { decode } from '../../node/chain/codec.ts'
import { asArray } from '../../node/chain/ids.ts'
import { releaseFromCbor } from './release-forms.ts'
import { encodeRelease, type Release } from './release.ts'

/** What `encodeRelease` was given; null for bytes that it never gives: one answer has one form. */
export function readRelease(bytes: Uint8Array): Release | null {
  // The value ends where the zeros begin, and it may end in a zero itself: the reader says where.
  const whole = decode(bytes)
  if (whole.kind === 'decoded' || whole.reason !== 'trailing-bytes') return null
  const inner = decode(bytes.subarray(0, whole.offset))
  const [label, value] = (inner.kind === 'decoded' ? asArray(inner.value, 2) : null) ?? []
  const release = label === 'release/1' ? releaseFromCbor(value) : null
  return release !== null && equalBytes(encodeRelease(release), bytes) ? release : null
}
