/**
 * Links between patients, their ends, disputes, erasures and recoveries, as the chain has them. On the disk lies only where they are: what they
 * say stays sealed in its segment and is opened with the gateway's key when somebody asks.
 */
import { compareBytes, toHex, type Bytes } from '../../shared/std/bytes.ts'
import type { ChainId, ItemHash, MemberId } from './chain/ids.ts'
import { decodeSignedItem, itemHashOf, openItemPart, type ItemKind, type SignedItem } from './chain/item.ts'
import { contentOfItem, isAccessContent, isRecoveryContent } from './chain/sealed-content.ts'
import type { ErasureContent } from './chain/erasure.ts'
import type { RecoveryContent } from './chain/recovery.ts'
import type { StatementContent } from './chain/sealed-statements.ts'
import type { Crypto } from './crypto/crypto.ts'
import type { FinalItem } from './final-items.ts'
import type { SaySealed } from './say-sealed.ts'
import { keyTail, rangeOf, readU64, statementKey } from './storage/buckets.ts'
import { readSegment } from './storage/chain-store.ts'
import { put, type Store } from './storage/store.ts'
import { checkedValue } from './storage/value.ts'
import type { EpochKey } from './vault/institution-keys.ts'

export type HospitalContent = StatementContent | ErasureContent | RecoveryContent

export interface Statement {
  readonly content: HospitalContent
  /** The hospital that says it. */
  readonly author: MemberId
  readonly itemHash: string
  /** Height of the segment that holds it; null while it waits. */
  readonly height: number | null
}

export interface HospitalStatements {
  /** In the order of the chain; what waits here comes last. */
  list(): Promise<readonly Statement[]>
  /** Whether the last list had all; what stands in a damaged segment is read once that is mended. */
  readonly areAllRead: boolean
  /**
   * Signs, seals and submits. When it resolves, it is durable here; null where this member is no hospital and has no key
   * to say it under. @throws as `propose`
   */
  say(content: HospitalContent): Promise<ItemHash | null>
  /** A final item, in order; maybe again after a crash. */
  take(item: FinalItem): Promise<void>
}

export interface HospitalStatementsOptions {
  readonly store: Store
  readonly crypto: Crypto
  readonly chainId: ChainId
  readonly gateway: () => readonly EpochKey[]
  /** Whether the chain had announced this epoch before the segment of that height: what is sealed under another one counts nowhere. */
  readonly hasEpoch: (epoch: number, height: number) => boolean
  /** Items of this member that wait, encoded. */
  readonly waiting: () => readonly Bytes[]
  readonly say: SaySealed
}

export function openHospitalStatements(options: HospitalStatementsOptions): HospitalStatements {
  const { store, crypto, chainId } = options
  /** By item hash; null until somebody asked. */
  let known: Map<string, Statement> | null = null
  let loading: Promise<Map<string, Statement>> | null = null
  let areAllRead = false

  function contentOf({ item }: SignedItem): HospitalContent | null {
    if (item.sealed === null) return null
    const epoch = item.sealed.epoch
    const key = options.gateway().find((each) => each.epoch === epoch)?.key
    if (key === undefined) return null
    const about = { kind: item.clear.kind, author: item.author, sequence: item.sequence }
    const opened = openItemPart(crypto, chainId, about, item.sealed, key)
    return opened === null ? null : statementIn(opened, item.clear.kind)
  }

  async function load(): Promise<Map<string, Statement>> {
    const found = new Map<string, Statement>()
    let isWhole = true
    const heights: number[] = []
    for await (const { key } of store.scan(rangeOf('l'))) {
      const height = readU64(keyTail('l', key))
      if (heights.at(-1) !== height) heights.push(height)
    }
    for (const height of heights) {
      const segment = await readSegment(store, height)
      if (segment.kind !== 'ok') {
        isWhole = false
        continue
      }
      for (const bytes of segment.value.items) {
        const signed = decodeSignedItem(crypto, bytes)
        const epoch = signed?.item.sealed?.epoch
        if (!signed || epoch === undefined || !options.hasEpoch(epoch, height)) continue
        if (!options.gateway().some((each) => each.epoch === epoch)) isWhole = false
        const content = contentOf(signed)
        if (content === null) continue
        const itemHash = toHex(itemHashOf(crypto, chainId, bytes))
        found.set(itemHash, { content, author: signed.item.author, itemHash, height })
      }
    }
    areAllRead = isWhole
    // Mended later: what was read now is not kept, so that it is read then.
    if (isWhole) known = found
    else loading = null
    return found
  }

  return {
    get areAllRead() {
      return areAllRead
    },
    async list() {
      const read = known ?? (await (loading ??= load()))
      const all = [...read.values()]
      for (const bytes of options.waiting()) {
        const signed = decodeSignedItem(crypto, bytes)
        const itemHash = toHex(itemHashOf(crypto, chainId, bytes))
        const content = signed && contentOf(signed)
        if (signed && content && !read.has(itemHash))
          all.push({ content, author: signed.item.author, itemHash, height: null })
      }
      return all
    },
    say: async (content) => (await options.say(content))?.hash ?? null,
    async take({ signed, hash, height, content }) {
      const statement = content === null ? null : statementIn(content, signed.item.clear.kind)
      if (statement === null) return
      const at = statementKey(height, hash)
      await store.commitUnsynced([put(at, checkedValue(at, new Uint8Array(0)))])
      const itemHash = toHex(hash)
      const entry = { content: statement, author: signed.item.author, itemHash, height }
      if (loading !== null) (await loading).set(itemHash, entry)
    },
  }
}

function statementIn(bytes: Bytes, kind: ItemKind): HospitalContent | null {
  const content = contentOfItem(bytes, kind)
  if (content === null) return null
  // Accesses are many, and `accesses.ts` keeps its own: here every one of them would be opened at each look.
  return content.kind === 'gateway-epoch' || isAccessContent(content) ? null : content
}

/** Whether the sealed part of an item says something of a patient or a visit. */
export const isStatement = (bytes: Bytes, kind: ItemKind): boolean => statementIn(bytes, kind) !== null

/** Whether it says something of bringing an institution's keys back. */
export function isRecovery(bytes: Bytes, kind: ItemKind): boolean {
  const content = contentOfItem(bytes, kind)
  return content !== null && isRecoveryContent(content)
}

/** Two keys in the order in which a link names them. */
export function inOrder(a: Bytes, b: Bytes): readonly [Bytes, Bytes] {
  return compareBytes(a, b) < 0 ? [a, b] : [b, a]
}
