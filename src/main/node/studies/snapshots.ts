/**
 * Snapshots that hospitals declare together, and the keys of their noise (docs/spec/gateways.md section 4). A noise key is mixed from
 * contributions of more gateways than may be faulty, so that no one knows it before and every gateway has the same.
 */
import { compareBytes, equalBytes, type Bytes } from '../../../shared/std/bytes.ts'
import { encode } from '../chain/codec.ts'
import type { ItemHash, MemberId, SegmentId } from '../chain/ids.ts'
import {
  contributionEpochOf,
  contributionSignBytes,
  decodeSignedItem,
  itemHashOf,
  type Contribution,
  type ItemClear,
} from '../chain/item.ts'
import { DAY_MS } from '../chain/limits.ts'
import { policyHash, policyValue } from '../chain/policy.ts'
import { decodeSegment, segmentIdOf, type Segment } from '../chain/segment.ts'
import { faultsTolerated } from '../chain/voters.ts'
import { labelHash } from '../crypto/labels.ts'
import {
  decodeContribution,
  encodeContribution,
  type StudyAnswerRefusal,
} from '../network/protocols/studies.ts'
import type { Peer } from '../network/transport.ts'
import { readItemHeight, readSegment } from '../storage/chain-store.ts'
import type { ReadableStore } from '../storage/store.ts'
import { newestEpoch, type EpochKey } from '../vault/institution-keys.ts'
import { ask, gatewaysIn, isGateway, memberIn, nameOf, reachableGateways, type Around } from './around.ts'
import { openContribution, sealContribution } from './contribution.ts'
import { StudyFailure } from './study-exchange.ts'

/** What a gateway says of a height that shall be declared. */
export type MayDeclare = 'yes' | 'too-few-patients' | 'too-few-hospitals'

export type ProposeSnapshotResult =
  | { readonly kind: 'submitted'; readonly itemHash: ItemHash; readonly height: number }
  /** No visit is in the chain since the last one. */
  | { readonly kind: 'nothing-new' }
  | { readonly kind: 'refused'; readonly reason: Exclude<MayDeclare, 'yes'> }
  /** So few gateways contributed within the time; `missing`: away, or what they gave does not open. */
  | {
      readonly kind: 'too-few-gateways'
      readonly contributed: number
      readonly needed: number
      readonly missing: readonly MemberId[]
    }

export interface Snapshots {
  /** Asks the gateways for contributions to a snapshot of the newest height and submits it. Hospitals only. */
  propose(): Promise<ProposeSnapshotResult>
  /** The 32 bytes from which the noise of a snapshot is drawn; null where this node cannot open enough. Gateways only. */
  noiseKeyOf(snapshotHash: ItemHash): Promise<Bytes | null>
  /** Answered from the warehouse; until it is set, a gateway contributes to nothing. */
  setMayDeclare(ask: (height: number) => Promise<MayDeclare>): void
}

export interface SnapshotsOfNode extends Snapshots {
  /** From another hospital. */
  contribute(from: Peer, height: number, segmentId: SegmentId): Promise<Bytes | StudyAnswerRefusal>
  /** Proposes one where the policy wants one and it is this gateway's turn. */
  considerDue(): Promise<void>
}

export interface SnapshotsOptions {
  readonly around: Around
  readonly store: ReadableStore
  readonly gatewayEpochs: () => readonly EpochKey[]
  readonly submit: (clear: ItemClear) => Promise<{ itemHash: ItemHash }>
}

/** Each gateway after the first leaves the others so much time to propose what is due. */
const TURN_MS = 600_000
/** The answer of the warehouse is asked for once for a height, not once for everybody who proposes. */
const NOTHING_ASKED = { height: 0, answer: Promise.resolve<MayDeclare>('yes') }

export function createSnapshots({ around, store, gatewayEpochs, submit }: SnapshotsOptions): SnapshotsOfNode {
  const { crypto, random, chainId, memberId, ledger, now } = around
  const noiseKeys = new Map<string, Bytes>()
  let mayDeclare: ((height: number) => Promise<MayDeclare>) | null = null
  let asked = NOTHING_ASKED
  let dueSince: number | null = null

  function mayDeclareAt(height: number): Promise<MayDeclare> {
    if (asked.height !== height) {
      const answer = mayDeclare!(height)
      asked = { height, answer }
      // Patients come by the block, so another look at the same height says the same; one that failed says nothing.
      answer.catch(() => (asked = NOTHING_ASKED))
    }
    return asked.answer
  }

  async function segmentAt(height: number) {
    const stored = await readSegment(store, height)
    const segment = stored.kind === 'ok' ? decodeSegment(stored.value.segment) : null
    if (segment === null || stored.kind !== 'ok') return null
    return { segment, segmentId: segmentIdOf(crypto, chainId, stored.value.segment) }
  }

  function own(height: number, segmentId: SegmentId): Contribution {
    const epoch = newestEpoch(gatewayEpochs())
    const sealed = sealContribution(crypto, random, chainId, { height, segmentId, memberId }, epoch)
    const input = contributionSignBytes(chainId, { height, segmentId }, memberId, sealed)
    return { memberId, sealed, signature: crypto.ed25519Sign(around.authorSecret(), input) }
  }

  /** Null for what does not open: nobody could compute with it. */
  async function contributionOf(of: MemberId, height: number, segmentId: SegmentId) {
    const answer = await ask(around, of, { kind: 'contribute', height, segmentId })
    if (answer.kind !== 'answer') return answer
    const said = decodeContribution(answer.bytes)
    const member = memberIn(around, of)
    if (said === null || member === null) return null
    const about = { height, segmentId, memberId: of }
    const input = contributionSignBytes(chainId, about, of, said.sealed)
    if (!crypto.ed25519Verify(member.authorKey, input, said.signature)) return null
    const opened = openContribution(crypto, chainId, about, said.sealed, gatewayEpochs())
    return opened.kind === 'opened' ? { kind: 'contribution' as const, memberId: of, ...said } : null
  }

  async function propose(): Promise<ProposeSnapshotResult> {
    if (!isGateway(around, memberId) || gatewayEpochs().length === 0)
      throw new StudyFailure({ code: 'not-a-gateway' })
    const { height, consortium } = ledger.state
    const last = consortium.snapshots.at(-1)
    const at = height < 1 ? null : await segmentAt(height)
    if (at === null || (last !== undefined && height <= last.height)) return { kind: 'nothing-new' }
    const before = last === undefined ? null : await segmentAt(last.height)
    if (before !== null && countUpTo(before.segment) === countUpTo(at.segment)) return { kind: 'nothing-new' }
    const { segmentId, segment } = at
    const given: Contribution[] = []
    let refusal: Exclude<MayDeclare, 'yes'> | null = null
    const mine = mayDeclare === null ? null : await mayDeclareAt(height)
    if (mine === 'yes') given.push(own(height, segmentId))
    else refusal = mine
    const others = await Promise.all(
      reachableGateways(around).map((gateway) => contributionOf(gateway.memberId, height, segmentId)),
    )
    for (const each of others) {
      if (each?.kind === 'contribution') given.push(each)
      else if (each?.kind === 'refused' && isOfPolicy(each.refusal)) refusal ??= each.refusal
    }
    const gateways = gatewaysIn(around)
    const needed = faultsTolerated(gateways.length) + 1
    // While the gateways' key changes, some seal under the old one: those under the epoch of most count (K1).
    const ofEpoch = (epoch: number | null) =>
      given.filter(({ sealed }) => contributionEpochOf(sealed) === epoch)
    const contributions = given
      .map(({ sealed }) => ofEpoch(contributionEpochOf(sealed)))
      .reduce((most, each) => (each.length > most.length ? each : most), [])
    if (contributions.length < needed) {
      const missing = gateways
        .map((gateway) => gateway.memberId)
        .filter((gateway) => !contributions.some((each) => equalBytes(each.memberId, gateway)))
      return refusal === null
        ? { kind: 'too-few-gateways', contributed: contributions.length, needed, missing }
        : { kind: 'refused', reason: refusal }
    }
    const { itemHash } = await submit({
      kind: 'snapshot',
      height,
      segmentId,
      headsRoot: segment.headsRoot,
      segmentsRoot: segment.segmentsRoot,
      policyHash: policyHash(crypto, chainId, ledger.state.consortium.policy),
      contributions,
    })
    return { kind: 'submitted', itemHash, height }
  }

  async function declared(snapshotHash: ItemHash) {
    const height = await readItemHeight(store, snapshotHash)
    const stored = height === null ? null : await readSegment(store, height)
    if (stored?.kind !== 'ok') return null
    const bytes = stored.value.items.find((each) =>
      equalBytes(itemHashOf(crypto, chainId, each), snapshotHash),
    )
    const clear = bytes === undefined ? undefined : decodeSignedItem(crypto, bytes)?.item.clear
    return clear?.kind === 'snapshot' ? clear : null
  }

  return {
    propose,
    setMayDeclare(next) {
      mayDeclare = next
      asked = NOTHING_ASKED
    },
    async contribute(from, height, segmentId) {
      if (!isGateway(around, memberId) || from.kind !== 'hospital') return 'not-for-you'
      if (mayDeclare === null || gatewayEpochs().length === 0) return 'not-ready'
      const last = ledger.state.consortium.snapshots.at(-1)
      if (last !== undefined && height <= last.height) return 'not-here'
      const at = height < 1 || height > ledger.state.height ? null : await segmentAt(height)
      if (at === null) return 'not-ready'
      if (!equalBytes(at.segmentId, segmentId)) return 'malformed'
      const may = await mayDeclareAt(height)
      return may === 'yes' ? encodeContribution(own(height, segmentId)) : may
    },
    async noiseKeyOf(snapshotHash) {
      const known = noiseKeys.get(nameOf(snapshotHash))
      if (known !== undefined) return known
      const clear = isGateway(around, memberId) ? await declared(snapshotHash) : null
      if (clear === null) return null
      const { height, segmentId } = clear
      const opened: Bytes[] = []
      for (const { memberId: of, sealed } of clear.contributions) {
        const each = openContribution(
          crypto,
          chainId,
          { height, segmentId, memberId: of },
          sealed,
          gatewayEpochs(),
        )
        // A key that is on its way: to leave its part out would give another noise here than elsewhere.
        if (each.kind === 'no-key') return null
        if (each.kind === 'opened') opened.push(each.part)
      }
      // More contributed than may be faulty, so at least one of them did as it should.
      if (opened.length === 0) return null
      const mixed = encode([height, segmentId, opened.sort(compareBytes)])
      const key = labelHash(crypto, 'consilium/noise-key/1', chainId, mixed)
      for (const part of opened) crypto.forget(part)
      noiseKeys.set(nameOf(snapshotHash), key)
      return key
    },
    async considerDue() {
      const everyDays = policyValue(ledger.state.consortium.policy, 'snapshotEveryDays')
      const rank = gatewaysIn(around).findIndex((gateway) => equalBytes(gateway.memberId, memberId))
      if (everyDays === 0 || rank < 0 || mayDeclare === null) return
      const last = ledger.state.consortium.snapshots.at(-1)
      const from =
        last === undefined
          ? ledger.genesis.createdAt
          : ((await segmentAt(last.height))?.segment.time ?? now())
      if (now() - from < everyDays * DAY_MS) return void (dueSince = null)
      dueSince ??= now()
      if (now() - dueSince >= rank * TURN_MS) await propose()
    },
  }
}

/** Visits up to and with this segment. */
function countUpTo({ firstIndex, count }: Segment): number {
  return firstIndex + count
}

function isOfPolicy(refusal: StudyAnswerRefusal | null): refusal is Exclude<MayDeclare, 'yes'> {
  return refusal === 'too-few-patients' || refusal === 'too-few-hospitals'
}
