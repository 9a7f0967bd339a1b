/**
 * The keys that this node holds of its own, and which of them count. That is never remembered apart: the chain's row of
 * the member says it at every height, so a crash at any moment finds the same answer again.
 */
import { equalBytes, type Bytes } from '../../../shared/std/bytes.ts'
import type { Member } from '../chain/members.ts'
import type { Crypto } from '../crypto/crypto.ts'
import type { NextKeys, NodeKeys, OwnKeys } from './institution-keys.ts'

export type KeyPurpose = keyof OwnKeys

export interface HeldKeys {
  /** As in the vault: what `next` becomes when a change is in effect. */
  readonly keys: NodeKeys
  /** All sets, the one that the vault calls its own first, then the newest of the next. */
  all(): readonly OwnKeys[]
  /** The set that fits the row; null where one of its keys is not here: then others know the member by keys of elsewhere. */
  setOf(member: Member): OwnKeys | null
  secretOf(purpose: 'consensus' | 'network' | 'author', publicKey: Bytes): Bytes | null
  /** Made while the node runs, and durable in the vault already. */
  hold(next: NextKeys): void
  /** This set is in effect: it is the own one from now on, and those before it are overwritten. Gives what the vault should hold. */
  settle(own: OwnKeys): NodeKeys
}

export function createHeldKeys(crypto: Crypto, vault: NodeKeys): HeldKeys {
  let keys = vault
  const publicOf = new Map<Bytes, Bytes>()

  function edKey(secret: Bytes): Bytes {
    return known(secret, () => crypto.ed25519PublicKey(secret))
  }
  function known(secret: Bytes, make: () => Bytes): Bytes {
    let key = publicOf.get(secret)
    if (key === undefined) publicOf.set(secret, (key = make()))
    return key
  }
  function all(): OwnKeys[] {
    return [keys, ...[...keys.next].reverse()]
  }

  return {
    get keys() {
      return keys
    },
    all,
    setOf(member) {
      const { consensusKey, networkKey, authorKey, gatewayKey } = member
      const fits = (set: OwnKeys): boolean =>
        equalBytes(edKey(set.consensus), consensusKey) &&
        equalBytes(edKey(set.network), networkKey) &&
        equalBytes(edKey(set.author), authorKey) &&
        (gatewayKey === null ||
          equalBytes(
            known(set.gateway, () => crypto.x25519PublicKey(set.gateway)),
            gatewayKey,
          ))
      return all().find(fits) ?? null
    },
    secretOf: (purpose, publicKey) =>
      all().find((set) => equalBytes(edKey(set[purpose]), publicKey))?.[purpose] ?? null,
    hold(next) {
      keys = { ...keys, next: [...keys.next, next] }
    },
    settle(own) {
      const position = keys.next.findIndex((each) => each === own)
      if (position < 0) return keys
      const { consensus, network, author, gateway } = own
      const over: OwnKeys[] = [keys, ...keys.next.slice(0, position)]
      const settled = { ...keys, consensus, network, author, gateway, next: keys.next.slice(position + 1) }
      for (const set of over)
        for (const secret of [set.consensus, set.network, set.author, set.gateway]) {
          publicOf.delete(secret)
          crypto.forget(secret)
        }
      keys = settled
      return keys
    },
  }
}
