/**
 * Two certificates for one height (R33): what a node keeps when it meets them, with the voters by whom both are checked.
 * Once kept it is found again at every start, and a node that finds it signs and writes nothing.
 */
import { equalBytes, type Bytes } from '../../shared/std/bytes.ts'
import { certificateOfBundle, type DecidedBundle } from './decided-bundle.ts'
import type { CertificateContext } from './chain/certificate.ts'
import { checkCertificate } from './chain/certificate.ts'
import { encode, tryDecode, type Cbor } from './chain/codec.ts'
import { asArray, asList, isBytes, isCount, isText, MEMBER_ID_BYTES, type MemberId } from './chain/ids.ts'
import { MEMBERS_MAX } from './chain/limits.ts'
import { findMember } from './chain/members.ts'
import { membersOf } from './chain/state.ts'
import { bundleFromCbor, bundleToCbor } from './consensus/engine/messages.ts'
import type { Crypto } from './crypto/crypto.ts'
import type { Ledger } from './ledger.ts'
import { metaKey } from './storage/buckets.ts'
import { put, type ReadableStore, type Store } from './storage/store.ts'
import { checkedValue, readCheckedValue } from './storage/value.ts'

export interface NamedVoter {
  readonly memberId: MemberId
  readonly name: string
  readonly consensusKey: Bytes
}

export interface Contradiction {
  readonly height: number
  /** Milliseconds since 1970. */
  readonly foundAt: number
  readonly epoch: number
  readonly protocolVersion: number
  readonly voters: readonly NamedVoter[]
  /** This node's own first. Empty where the other one could not be fetched (yet). */
  readonly decisions: readonly [] | readonly [DecidedBundle, DecidedBundle]
}

export interface Contradictions {
  /** What was found here, ever; `damaged` where only that is left of it. */
  readonly kept: Contradiction | 'damaged' | null
  /**
   * Keeps that this height has two certificates. Durable when it resolves. `theirs` null: only that is known; what comes
   * later with the proof takes its place, and nothing takes the place of a proof.
   */
  keep(context: CertificateContext, height: number, theirs: DecidedBundle | null): Promise<void>
}

const KEY = metaKey('contradiction')
const FORMAT = 1
const NAME_MAX = 1_000

export interface ContradictionOptions {
  readonly store: Store
  readonly crypto: Crypto
  readonly ledger: Ledger
  readonly now: () => number
}

export async function openContradictions(options: ContradictionOptions): Promise<Contradictions> {
  const { store, crypto, ledger } = options
  let kept = await readContradiction(store)
  let turn: Promise<void> = Promise.resolve()

  async function write(
    context: CertificateContext,
    height: number,
    theirs: DecidedBundle | null,
  ): Promise<void> {
    if (kept === 'damaged' || (kept !== null && (kept.decisions.length > 0 || theirs === null))) return
    const own = theirs === null ? null : await ledger.bundleAt(height)
    const decisions: Contradiction['decisions'] =
      own === null || theirs === null ? [] : [{ ...own, bundle: { ...own.bundle, bodies: [] } }, theirs]
    const members = membersOf(ledger.state.consortium)
    const found: Contradiction = {
      height,
      foundAt: options.now(),
      epoch: context.epoch,
      protocolVersion: context.protocolVersion,
      voters: context.voters.map(({ memberId, consensusKey }) => ({
        memberId,
        consensusKey,
        name: findMember(members, memberId)?.name ?? '',
      })),
      decisions,
    }
    if (decisions.length > 0 && checkContradiction(crypto, context.chainId, found) !== null) return
    kept = found
    await store.commit([put(KEY, checkedValue(KEY, encodeContradiction(found)))])
  }

  return {
    get kept() {
      return kept
    },
    keep(context, height, theirs) {
      turn = turn.then(() => write(context, height, theirs))
      return turn
    },
  }
}

/** Damaged is not the same as none: it was written once, so this node halted. */
export async function readContradiction(store: ReadableStore): Promise<Contradiction | 'damaged' | null> {
  const value = await store.get(KEY)
  if (value === null) return null
  const read = readCheckedValue(KEY, value)
  return (read.kind === 'ok' ? decodeContradiction(read.content) : null) ?? 'damaged'
}

/** Null where both decisions are certified by a quorum of these voters and contradict each other. */
export function checkContradiction(
  crypto: Crypto,
  chainId: CertificateContext['chainId'],
  { height, epoch, protocolVersion, voters, decisions }: Contradiction,
): 'not-two' | 'same-decision' | 'not-certified' | null {
  if (decisions.length !== 2) return 'not-two'
  const context: CertificateContext = { chainId, epoch, protocolVersion, voters }
  const read = decisions.map((each) => certificateOfBundle(crypto, chainId, each))
  const [first, second] = read
  if (first === null || first === undefined || second === null || second === undefined) return 'not-certified'
  if (equalBytes(first.segmentId, second.segmentId)) return 'same-decision'
  for (const { certificate, segmentId } of [first, second])
    if (checkCertificate(crypto, context, certificate, height, segmentId) !== null) return 'not-certified'
  return null
}

function encodeContradiction(found: Contradiction): Bytes {
  return encode([
    FORMAT,
    found.height,
    found.foundAt,
    found.epoch,
    found.protocolVersion,
    found.voters.map(({ memberId, name, consensusKey }) => [memberId, name, consensusKey]),
    found.decisions.map(({ certificate, bundle }): Cbor => [certificate, ...bundleToCbor(bundle)]),
  ])
}

function decodeContradiction(bytes: Bytes): Contradiction | null {
  const slots = asArray(tryDecode(bytes), 7)
  if (slots === null || slots[0] !== FORMAT) return null
  const [, height, foundAt, epoch, protocolVersion, voterList, decisionList] = slots
  if (!isCount(height) || !isCount(foundAt) || !isCount(epoch) || !isCount(protocolVersion)) return null
  const voters = asList(voterList, MEMBERS_MAX)?.map(voterFromCbor)
  const decisions = asList(decisionList, 2)?.map(decisionFromCbor)
  if (voters === undefined || decisions === undefined) return null
  if (voters.includes(null) || decisions.includes(null) || decisions.length === 1) return null
  return {
    height,
    foundAt,
    epoch,
    protocolVersion,
    voters: voters as NamedVoter[],
    decisions: decisions as unknown as Contradiction['decisions'],
  }
}

function voterFromCbor(value: Cbor): NamedVoter | null {
  const slots = asArray(value, 3)
  if (slots === null || !isBytes(slots[0], MEMBER_ID_BYTES) || !isText(slots[1], NAME_MAX)) return null
  if (!isBytes(slots[2], 32)) return null
  return { memberId: slots[0] as MemberId, name: slots[1], consensusKey: slots[2] }
}

function decisionFromCbor(value: Cbor): DecidedBundle | null {
  const slots = asArray(value, 4)
  const bundle = slots && bundleFromCbor(slots.slice(1))
  if (slots === null || bundle === null || !(slots[0] instanceof Uint8Array)) return null
  return { certificate: slots[0], bundle }
}
