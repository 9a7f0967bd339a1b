/** What a node signs in its institution's name besides votes: items, and visits anew after a change of its author key (M11). */
import { present } from '../../shared/std/assert.ts'
import { equalBytes, type Bytes } from '../../shared/std/bytes.ts'
import type { ChainId, MemberId } from './chain/ids.ts'
import {
  openItemPart,
  sealItemPart,
  signItem,
  type Item,
  type ItemClear,
  type SealedPart,
} from './chain/item.ts'
import { signAgain } from './chain/sign-again.ts'
import { openRecord, type OpeningKeys, type RecordToCheck } from './check-records.ts'
import type { Crypto, Random } from './crypto/crypto.ts'
import type { OwnKeysOfNode } from './own-keys.ts'
import type { Said } from './say-sealed.ts'
import type { EpochKey } from './vault/institution-keys.ts'
import type { WaitingItems } from './waiting/items.ts'

export interface SignInName {
  /**
   * Signs an item with this member's next sequence and submits it; durable when it resolves.
   * @throws {NodeFailure} where nothing may be written; {ItemFailure}; {StorageFailure}
   */
  submit(
    clear: ItemClear,
    seal: ((sequence: number) => SealedPart) | null,
    notAfterHeight: number,
  ): Promise<Said>
  /**
   * An own item under the author key in effect, with another number where one is said: what is sealed in it is sealed anew then, since the number is bound to it.
   * Null where that key, or the key of what is sealed, is not here or the item is another's.
   */
  itemAgain(item: Item, as?: Pick<Item, 'sequence' | 'notAfterHeight'>): Bytes | null
  /** Visits that were accepted under the author key before: the same records under the one in effect. */
  visitsAgain(
    records: readonly RecordToCheck[],
    ever: OpeningKeys['authorKeysEver'],
  ): (ReturnType<typeof signAgain> | null)[]
}

export interface SignInNameOptions {
  readonly crypto: Crypto
  readonly random: Random
  readonly chainId: ChainId
  readonly memberId: MemberId
  readonly ownKeys: Pick<OwnKeysOfNode, 'author' | 'isReplaced'>
  readonly openingKeys: () => OpeningKeys
  readonly gateway: () => readonly EpochKey[]
  readonly items: () => Pick<WaitingItems, 'submitNext'>
  /** Throws where nothing may be written now. */
  readonly expectWritable: () => Promise<void>
  readonly commit: <T>(writes: () => Promise<T>) => Promise<T>
}

export function createSignInName(options: SignInNameOptions): SignInName {
  const { crypto, random, chainId, memberId, ownKeys } = options

  function sealedAs({ sealed, clear: { kind }, author, sequence }: Item, next: number): SealedPart | null {
    if (sealed === null || next === sequence) return sealed
    const key = options.gateway().find(({ epoch }) => epoch === sealed.epoch)?.key
    const content = key && openItemPart(crypto, chainId, { kind, author, sequence }, sealed, key)
    if (key === undefined || !content) return null
    return sealItemPart(crypto, random, chainId, { kind, author, sequence: next }, sealed.epoch, key, content)
  }

  return {
    async submit(clear, seal, notAfterHeight) {
      await options.expectWritable()
      let bytes: Bytes | null = null
      const hash = await options.commit(() =>
        options.items().submitNext(memberId, (sequence) => {
          const sealed = seal === null ? null : seal(sequence)
          const item = { clear, sealed, author: memberId, sequence, notAfterHeight }
          return (bytes = signItem(crypto, chainId, item, ownKeys.author()))
        }),
      )
      return { hash, bytes: present<Bytes>(bytes, 'what was submitted was signed') }
    },
    itemAgain(item, as = item) {
      if (!equalBytes(item.author, memberId) || ownKeys.isReplaced) return null
      const { sequence, notAfterHeight } = as
      const sealed = sealedAs(item, sequence)
      if (sealed === null && item.sealed !== null) return null
      return signItem(crypto, chainId, { ...item, sealed, sequence, notAfterHeight }, ownKeys.author())
    },
    visitsAgain(records, ever) {
      if (ownKeys.isReplaced) return records.map(() => null)
      const opening = { ...options.openingKeys(), ...(ever === undefined ? {} : { authorKeysEver: ever }) }
      return records.map((record) => {
        const opened = openRecord(crypto, opening, record, null)
        if (opened.kind === 'refused') return null
        const isOwn = equalBytes(opened.author.memberId, memberId) && opened.author.certificate === null
        const signed = isOwn
          ? signAgain(crypto, random, chainId, { ...record, ...opened }, opened.dataKey, ownKeys.author())
          : null
        crypto.forget(opened.dataKey)
        return signed
      })
    },
  }
}
