/** What a hospital says to the others in the chain: sealed under the newest key of the gateway, signed, submitted. */
import type { Bytes } from '../../shared/std/bytes.ts'
import type { ChainId, ItemHash, MemberId } from './chain/ids.ts'
import { sealItemPart, type ItemClear, type SealedPart } from './chain/item.ts'
import { encodeSealedContent, itemKindOf, type SealedContent } from './chain/sealed-content.ts'
import type { Crypto, Random } from './crypto/crypto.ts'
import { newestEpoch, type EpochKey } from './vault/institution-keys.ts'

export interface Said {
  readonly hash: ItemHash
  /** The signed item, for whoever shows it before the chain has it. */
  readonly bytes: Bytes
}

/** Durable here when it resolves; null where this member is no hospital and has no key to say it under. @throws as `submit` */
export type SaySealed = (content: SealedContent) => Promise<Said | null>

export interface SaySealedOptions {
  readonly crypto: Crypto
  readonly random: Random
  readonly chainId: ChainId
  readonly memberId: MemberId
  readonly gateway: () => readonly EpochKey[]
  readonly height: () => number
  readonly submit: (
    clear: ItemClear,
    seal: (sequence: number) => SealedPart,
    notAfterHeight: number,
  ) => Promise<Said>
}

/** Within this many heights it has to be decided; an outage of weeks is no reason to lose it. */
const STATEMENT_HEIGHTS = 1_000_000

export function createSaySealed(options: SaySealedOptions): SaySealed {
  const { crypto, random, chainId, memberId } = options
  return async (content) => {
    const gateway = options.gateway()
    if (gateway.length === 0) return null
    const { epoch, key } = newestEpoch(gateway)
    const bytes = encodeSealedContent(content)
    const kind = itemKindOf(content)
    const seal = (sequence: number): SealedPart => {
      const about = { kind, author: memberId, sequence }
      return sealItemPart(crypto, random, chainId, about, epoch, key, bytes)
    }
    return options.submit({ kind }, seal, options.height() + STATEMENT_HEIGHTS)
  }
}
