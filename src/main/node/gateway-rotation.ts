/**
 * New keys of the gateway scope (ADR 0009): after hospitals came or went, and when the policy's days are over. One hospital
 * makes the key, seals it to each and puts it into the chain as a sealed item. So all hospitals learn of it at the same
 * height, whoever slept finds it there, and no record is wrapped under a key that could get lost.
 */
import { compareBytes, equalBytes, type Bytes } from '../../shared/std/bytes.ts'
import { encode } from './chain/codec.ts'
import type { ChainId, ItemHash, MemberId } from './chain/ids.ts'
import { sealItemPart, type ItemClear, type SealedPart } from './chain/item.ts'
import { openEpochKey, sealEpochKey } from './chain/key-box.ts'
import { DAY_MS } from './chain/limits.ts'
import { gatewaysOf, type Member } from './chain/members.ts'
import { policyValue } from './chain/policy.ts'
import {
  contentOfItem,
  encodeSealedContent,
  epochCommitmentOf,
  type GatewayEpochContent,
} from './chain/sealed-content.ts'
import { membersOf, type ConsortiumState } from './chain/state.ts'
import type { Crypto, Random } from './crypto/crypto.ts'
import type { FinalItem } from './final-items.ts'
import type { SharedKeys } from './shared-keys.ts'
import { gatewayEpochWrite, readGatewayEpoch, type GatewayEpoch } from './storage/gateway-epoch.ts'
import type { Store } from './storage/store.ts'

export interface GatewayRotation {
  /** Epochs that exist and whose key is not here. */
  missing(): readonly number[]
  /** To the key of an epoch that the chain announced; null for the first, and for one that it has not. */
  commitmentOf(epoch: number): Bytes | null
  /** Whether the chain had announced this epoch before the segment of that height, as far as it was read. */
  hasEpoch(epoch: number, height: number): boolean
  /** A final item, in order. */
  take(item: FinalItem): Promise<void>
  /** Whether it is time for a new key, and this hospital's turn to make it. */
  consider(): void
  close(): void
}

export interface GatewayRotationOptions {
  readonly store: Store
  readonly crypto: Crypto
  readonly random: Random
  readonly chainId: ChainId
  readonly memberId: MemberId
  /** X25519 secrets, those of a change under way included: an item may be older than it. */
  readonly gatewaySecrets: () => readonly Bytes[]
  readonly shared: SharedKeys
  /** As of the founding: the first epoch's holders and time. */
  readonly founding: { readonly members: readonly Member[]; readonly time: number }
  readonly consortium: () => ConsortiumState
  readonly height: () => number
  /** Birth time of the last segment. */
  readonly chainTime: () => number
  readonly now: () => number
  /** Whether every item up to the newest height was told. */
  readonly isUpToDate: () => boolean
  readonly propose: (
    clear: ItemClear,
    seal: (sequence: number) => SealedPart,
    notAfterHeight: number,
  ) => Promise<ItemHash>
  readonly isWaiting: (itemHash: ItemHash) => Promise<boolean>
  /** A key has come, or one is missing. */
  readonly onKeys: () => void
  readonly onFailure: (error: unknown) => void
}

const LOOK_MS = 2_000
/** After so long without a new key the next hospital takes the turn. */
const TURN_MS = 20_000
/**
 * So long nobody's announcement counts after an own one: whoever announces keys that nobody gets could go on with that for ever, and no other
 * hospital would come to its turn, which takes a minute and the turns of those that are away. It says what a chain means, as every rule of protocol 1 (protocol.ts):
 * another number would begin at a height, with another version. No chain that is read was built without it: it came with state format 5 (state.ts).
 */
const NEXT_BY_SAME_MS = 5 * 60_000
const ITEM_HEIGHTS = 64

export async function openGatewayRotation(options: GatewayRotationOptions): Promise<GatewayRotation> {
  const { store, crypto, random, chainId, memberId, shared } = options
  const { founding } = options
  let newest: GatewayEpoch = (await readGatewayEpoch(store)) ?? {
    epoch: 0,
    since: founding.time,
    author: null,
    holders: holdersHash(gatewaysOf(founding.members)),
    announced: [],
  }
  let dueSince: number | null = null
  /** Since when the newest key is not here though the chain announced it. */
  let lackingSince: number | null = null
  let proposed: ItemHash | null = null
  let isBusy = false
  const timer = setInterval(consider, LOOK_MS)
  timer.unref()

  function holdersHash(
    holders: readonly { readonly memberId: MemberId; readonly gatewayKey: Bytes | null }[],
  ): Bytes {
    const sorted = holders
      .map(({ memberId: holder, gatewayKey }) => [holder, gatewayKey] as const)
      .sort((a, b) => compareBytes(a[0], b[0]))
    return crypto.sha256(encode(sorted))
  }

  function gateways(): Member[] {
    return gatewaysOf(membersOf(options.consortium()))
  }

  /** The exchange brings in seconds what anybody has: a key that does not come was given to nobody, whatever its list of holders says. */
  function isGivenToNobody(): boolean {
    if (shared.has('gateway', newest.epoch)) {
      lackingSince = null
      return false
    }
    lackingSince ??= performance.now()
    return performance.now() - lackingSince > 3 * TURN_MS
  }

  function isDue(): boolean {
    if (isGivenToNobody() || !equalBytes(newest.holders, holdersHash(gateways()))) return true
    const days = policyValue(options.consortium().policy, 'gatewayEpochDays')
    return options.chainTime() - newest.since > days * DAY_MS
  }

  /** By what every hospital reads of the chain alone, so that all count the same. */
  function isTooSoon(author: MemberId, time: number): boolean {
    return (
      newest.author !== null && equalBytes(newest.author, author) && time - newest.since < NEXT_BY_SAME_MS
    )
  }

  function consider(): void {
    if (isBusy || !options.isUpToDate()) return
    if (!isDue()) {
      dueSince = null
      return
    }
    const now = performance.now()
    dueSince ??= now
    const makers = gateways().filter(({ isVoter }) => isVoter)
    const turn = newest.epoch + 1 + Math.floor((now - dueSince) / TURN_MS)
    const maker = makers[turn % makers.length]
    if (maker === undefined || !equalBytes(maker.memberId, memberId)) return
    if (isTooSoon(memberId, options.now())) return
    isBusy = true
    make()
      .catch(options.onFailure)
      .finally(() => {
        isBusy = false
      })
  }

  async function make(): Promise<void> {
    if (proposed !== null && (await options.isWaiting(proposed))) return
    // Not always the newest: one whose key nobody was given has to be followed all the same.
    const current = shared.gateway().findLast(({ epoch }) => epoch <= newest.epoch)
    // Without it nobody could read the item that brings the next one.
    if (current === undefined) return
    const epoch = newest.epoch + 1
    const key = random(32)
    const sealed = gateways().flatMap((member) => {
      const about = { scope: 'gateway', epoch, memberId: member.memberId } as const
      const each = sealEpochKey(crypto, random, chainId, about, member.gatewayKey!, key)
      return each === null
        ? []
        : [{ memberId: member.memberId, gatewayKey: member.gatewayKey!, sealed: each.sealed }]
    })
    const commitment = epochCommitmentOf(crypto, chainId, epoch, key)
    crypto.forget(key)
    const content = encodeSealedContent({ kind: 'gateway-epoch', epoch, commitment, sealed })
    proposed = await options.propose(
      { kind: 'sealed' },
      (sequence) =>
        sealItemPart(
          crypto,
          random,
          chainId,
          { kind: 'sealed', author: memberId, sequence },
          current.epoch,
          current.key,
          content,
        ),
      options.height() + ITEM_HEIGHTS,
    )
  }

  async function takeContent(content: GatewayEpochContent, item: FinalItem): Promise<void> {
    // Two hospitals may have made one at the same time: the chain says which counts.
    if (content.epoch !== newest.epoch + 1 || isTooSoon(item.signed.item.author, item.time)) return
    const mine = content.sealed.find((each) => equalBytes(each.memberId, memberId))
    const key = mine && openMine(content.epoch, mine.sealed)
    if (key && equalBytes(epochCommitmentOf(crypto, chainId, content.epoch, key), content.commitment))
      await shared.add('gateway', [{ epoch: content.epoch, key }])
    // Whoever was left out, and whoever left since, makes it due again.
    newest = {
      epoch: content.epoch,
      since: item.time,
      author: item.signed.item.author,
      holders: holdersHash(content.sealed),
      announced: [...newest.announced, { height: item.height, commitment: content.commitment }],
    }
    await store.commit([gatewayEpochWrite(newest)])
    // Since when a key is lacking goes on, or a new one that nobody has would begin the minute anew each time.
    dueSince = null
    options.onKeys()
    consider()
  }

  function openMine(epoch: number, sealed: Bytes): Bytes | null {
    const about = { scope: 'gateway', epoch, memberId, sealed } as const
    for (const secret of options.gatewaySecrets()) {
      const key = openEpochKey(crypto, chainId, about, secret, crypto.x25519PublicKey(secret))
      if (key !== null) return key
    }
    return null
  }

  return {
    missing() {
      const missing: number[] = []
      for (let epoch = 0; epoch <= newest.epoch; epoch++)
        if (!shared.has('gateway', epoch)) missing.push(epoch)
      return missing
    },
    commitmentOf: (epoch) => newest.announced[epoch - 1]?.commitment ?? null,
    hasEpoch(epoch, height) {
      const announcedAt = epoch === 0 ? 0 : newest.announced[epoch - 1]?.height
      return announcedAt !== undefined && announcedAt < height
    },
    async take(item) {
      const { kind } = item.signed.item.clear
      const content = item.content === null ? null : contentOfItem(item.content, kind)
      if (content?.kind === 'gateway-epoch') await takeContent(content, item)
    },
    consider,
    close: () => clearInterval(timer),
  }
}
