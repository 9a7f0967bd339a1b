/** New keys for a node that has some: made, put beside those in effect, and shown as the members will know them. */
import type { Member } from '../node/chain/members.ts'
import type { Crypto, Random } from '../node/crypto/crypto.ts'
import { createHeldKeys } from '../node/vault/held-keys.ts'
import type { NextKeys, NodeKeys, OwnKeys } from '../node/vault/institution-keys.ts'

/** Sets that wait for a decision (M8): one after a plan, one after a theft, and a change of mind. */
const NEXT_MAX = 4

/**
 * @param scheduled the member as everything that is decided so far will leave it
 * @returns the set to ask for; `vault` holds it
 */
export function nextKeysOf(
  { crypto, random, now }: { readonly crypto: Crypto; readonly random: Random; readonly now: () => number },
  vault: NodeKeys,
  scheduled: Member,
  because: 'planned' | 'stolen',
): { readonly next: NextKeys; readonly vault: NodeKeys; readonly isNew: boolean } {
  const decided = createHeldKeys(crypto, vault).setOf(scheduled)
  const waiting = vault.next.filter((each) => each !== decided).at(-1)
  if (because === 'planned' && waiting !== undefined) return { next: waiting, vault, isNew: false }
  const next: NextKeys = {
    consensus: random(32),
    network: random(32),
    author: random(32),
    gateway: random(32),
    madeAt: now(),
  }
  const kept = [...vault.next]
  while (kept.length >= NEXT_MAX) kept.splice(kept[0] === decided ? 1 : 0, 1)
  return { next, vault: { ...vault, next: [...kept, next] }, isNew: true }
}

/** Name, kind, vote, root and custodian key stay; the root key is what the member's id comes from. */
export function memberWith(crypto: Crypto, member: Member, keys: OwnKeys): Member {
  return {
    ...member,
    consensusKey: crypto.ed25519PublicKey(keys.consensus),
    authorKey: crypto.ed25519PublicKey(keys.author),
    networkKey: crypto.ed25519PublicKey(keys.network),
    gatewayKey: member.gatewayKey === null ? null : crypto.x25519PublicKey(keys.gateway),
  }
}

/** Copies, for whoever keeps them longer than the vault that they were read from. */
export function mapSecrets({ consensus, network, author, gateway }: OwnKeys): OwnKeys {
  return {
    consensus: consensus.slice(),
    network: network.slice(),
    author: author.slice(),
    gateway: gateway.slice(),
  }
}
