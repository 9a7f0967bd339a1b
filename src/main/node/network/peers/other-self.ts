/**
 * Notices another process that lives in this network with this member's keys (N11): somebody copied the folder to another
 * machine and started it. Members pass on the newest address record of each member, this one included, and only
 * whoever has the author key can sign one. A record that is newer than our newest is answered with a newer one; whoever
 * answers that is alive.
 */
import type { Crypto } from '../../crypto/crypto.ts'
import type { Clock } from '../clock.ts'
import { verifyAddressRecord, type AddressRecord } from '../protocols/hello.ts'
import type { OwnIdentity } from './session.ts'

export interface OtherSelf {
  /** The greatest number of a record in our name that is not ours; ours have to be above it. */
  readonly sequence: number
  /** A record in this member's name came from a peer. */
  hear(record: AddressRecord): void
  close(): void
}

export type OtherSelfOptions = {
  readonly crypto: Crypto
  readonly clock: Clock
  readonly answerEveryMs: number
  readonly identity: () => OwnIdentity
  /** Our newest record; null while we have said none. */
  readonly own: () => AddressRecord | null
  /** Says a newer record to everybody. */
  readonly announce: () => void
  readonly onFound: () => void
}

export function createOtherSelf({
  crypto,
  clock,
  answerEveryMs,
  identity,
  own,
  announce,
  onFound,
}: OtherSelfOptions): OtherSelf {
  let sequence = 0
  let answerCount = 0
  let cancel: (() => void) | null = null

  return {
    get sequence() {
      return sequence
    },
    hear(record) {
      const ours = own()
      if (ours === null || record.sequence <= Math.max(ours.sequence, sequence)) return
      const { chainId, memberSecret } = identity()
      if (!verifyAddressRecord(crypto, chainId, record, crypto.ed25519PublicKey(memberSecret))) return
      // With our key anybody may name the greatest number there is; ours have to stay numbers.
      if (record.sequence > SEQUENCE_MAX) return onFound()
      sequence = record.sequence
      if (cancel !== null) return
      // The first may be one of this very machine, from when its clock was ahead: it has nobody who would answer.
      if (answerCount > 0) onFound()
      const waitMs = answerCount < QUICK_ANSWERS ? 0 : answerEveryMs
      answerCount++
      cancel = clock.after(waitMs, () => {
        cancel = null
        announce()
      })
    },
    close() {
      cancel?.()
    },
  }
}

/** Enough for both to know of each other; then seldom, so that two copies do not fill the network with their quarrel. */
const QUICK_ANSWERS = 3
const SEQUENCE_MAX = 2 ** 52
