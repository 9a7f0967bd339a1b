/** The last line before the key (R24): one signature per height, round and kind of message, whatever the core says. */
import { assert } from '../../../../shared/std/assert.ts'
import { equalBytes } from '../../../../shared/std/bytes.ts'
import type { VoteType } from '../../chain/vote.ts'

export type SignedKind = VoteType | 'proposal'

export interface SigningGuard {
  /**
   * The signature that was given before for exactly this, or null where nothing was signed.
   * Asserts that nothing else was: two different signatures would brand this hospital as a liar.
   */
  earlier(round: number, kind: SignedKind, signBytes: Uint8Array): Uint8Array | null
  remember(round: number, kind: SignedKind, signBytes: Uint8Array, signature: Uint8Array): void
  /** Whether anything of this kind was signed here in this round. */
  has(round: number, kind: SignedKind): boolean
  /** Whether exactly this was signed here. */
  knows(round: number, kind: SignedKind, signBytes: Uint8Array): boolean
}

/** For one height; heights that are decided are never signed again, because the engine only goes up. */
export function createSigningGuard(): SigningGuard {
  const signed = new Map<string, { signBytes: Uint8Array; signature: Uint8Array }>()
  const nameOf = (round: number, kind: SignedKind) => `${kind}/${round}`
  return {
    earlier(round, kind, signBytes) {
      const known = signed.get(nameOf(round, kind))
      if (known === undefined) return null
      if (equalBytes(known.signBytes, signBytes)) return known.signature
      assert(known === undefined, `a second, different ${kind} must never be signed`)
      return null
    },
    remember(round, kind, signBytes, signature) {
      signed.set(nameOf(round, kind), { signBytes, signature })
    },
    has: (round, kind) => signed.has(nameOf(round, kind)),
    knows(round, kind, signBytes) {
      const known = signed.get(nameOf(round, kind))
      return known !== undefined && equalBytes(known.signBytes, signBytes)
    },
  }
}
