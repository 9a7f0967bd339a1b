/**
 * The keys under which items are sealed, as a voter asks for them: it proposes and votes for no item that it cannot open. As with records, what a quorum
 * has voted for can be opened by hospitals that keep to the rules, who give the key to whoever lacks it. So a key that one hospital announced and gave to
 * nobody keeps nobody from reading on (ADR 0009).
 */
import type { Bytes } from '../../shared/std/bytes.ts'
import { decodeSignedItem, type Item } from './chain/item.ts'
import type { Crypto } from './crypto/crypto.ts'

export interface ItemKeys {
  /** True for what is not sealed, and for who opens nothing that is. */
  has(item: Item): boolean
  /** Resolves when all of them are here, or nobody waits any more. */
  until(items: readonly Bytes[], signal: AbortSignal): Promise<void>
  /** Some have come. */
  came(): void
}

export interface ItemKeysOptions {
  readonly crypto: Crypto
  readonly isHospital: () => boolean
  readonly hasKey: (epoch: number) => boolean
  /** One is asked for that is not here. */
  readonly onMissing: () => void
}

export function createItemKeys({ crypto, isHospital, hasKey, onMissing }: ItemKeysOptions): ItemKeys {
  const waiters = new Set<() => void>()
  const has = ({ sealed }: Item): boolean => sealed === null || !isHospital() || hasKey(sealed.epoch)
  return {
    has,
    async until(items, signal) {
      const signed = items.flatMap((bytes) => decodeSignedItem(crypto, bytes) ?? [])
      while (!signal.aborted && !signed.every(({ item }) => has(item))) {
        onMissing()
        await new Promise<void>((resolve) => {
          const done = (): void => {
            waiters.delete(done)
            signal.removeEventListener('abort', done)
            resolve()
          }
          waiters.add(done)
          signal.addEventListener('abort', done, { once: true })
        })
      }
    },
    came() {
      for (const done of [...waiters]) done()
    },
  }
}
