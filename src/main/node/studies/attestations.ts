/**
 * What gateways attest of studies that have no result yet: each tells the others until every one has it or the study is closed. The
 * first word of a gateway counts; it never says another.
 */
import { equalBytes, type Bytes } from '../../../shared/std/bytes.ts'
import { encode, tryDecode } from '../chain/codec.ts'
import type { ItemHash, MemberId } from '../chain/ids.ts'
import { attestationSignBytes } from '../chain/item.ts'
import { isNamed } from '../chain/state.ts'
import { openStudyOf } from '../chain/apply-study.ts'
import type { ResultItem, ResultOutcome } from '../chain/study-items.ts'
import {
  attestationFromCbor,
  attestationToCbor,
  decodeAttestations,
  encodeAttestations,
  type StudyAnswerRefusal,
} from '../network/protocols/studies.ts'
import type { Peer } from '../network/transport.ts'
import { attestationKey, keyTail, rangeOf } from '../storage/buckets.ts'
import { del, put, type Store } from '../storage/store.ts'
import { checkedValue, readCheckedValue } from '../storage/value.ts'
import { ask, isGateway, memberIn, nameOf, reachableGateways, type Around } from './around.ts'
import { StudyFailure, type Attestation } from './study-exchange.ts'

export interface Attestations {
  attest(studyHash: ItemHash, outcome: ResultOutcome, resultHash: Bytes): Promise<void>
  of(studyHash: ItemHash): readonly Attestation[]
  /** Whether gateways that count said different things. */
  isHeld(studyHash: ItemHash): boolean
  listen(take: (attestation: Attestation) => void): void
  /** From another gateway. */
  takeIn(from: Peer, attestation: Attestation): Promise<Bytes | StudyAnswerRefusal>
  answer(from: Peer, studyHash: ItemHash): Bytes | StudyAnswerRefusal
  /** Tells whoever was not told yet. */
  tell(): Promise<void>
  /** Asks the reachable gateways for what this one missed. */
  ask(studyHash: ItemHash): Promise<void>
  /** It has a result. */
  close(studyHash: ItemHash): Promise<void>
}

const NOTHING = new Uint8Array(0)

export async function openAttestations(store: Store, around: Around): Promise<Attestations> {
  const { crypto, chainId, memberId, ledger } = around
  /** By study and member. */
  const known = new Map<string, Map<string, Attestation>>()
  const toldTo = new Set<string>()
  const listeners: ((attestation: Attestation) => void)[] = []
  for await (const { key, value } of store.scan(rangeOf('z/t'))) {
    const read = readCheckedValue(key, value)
    const attestation = read.kind === 'ok' ? attestationFromCbor(tryDecode(read.content) ?? undefined) : null
    // It was closed, and the node ended before that was written.
    if (attestation !== null && isOpen(attestation.studyHash)) remember(attestation)
    else await store.commit([del(key)])
  }

  function isOpen(studyHash: ItemHash): boolean {
    return openStudyOf(ledger.state.consortium, studyHash) !== null
  }

  function remember(attestation: Attestation): void {
    const name = nameOf(attestation.studyHash)
    const ofStudy = known.get(name) ?? new Map<string, Attestation>()
    ofStudy.set(nameOf(attestation.memberId), attestation)
    known.set(name, ofStudy)
  }

  function own(studyHash: ItemHash): Attestation | null {
    return known.get(nameOf(studyHash))?.get(nameOf(memberId)) ?? null
  }

  async function keep(attestation: Attestation): Promise<void> {
    const key = attestationKey(attestation.studyHash, attestation.memberId)
    await store.commit([put(key, checkedValue(key, encode(attestationToCbor(attestation))))])
    remember(attestation)
    for (const take of listeners) take(attestation)
  }

  function isTrue(attestation: Attestation): boolean {
    const gateway = memberIn(around, attestation.memberId)
    if (gateway === null || gateway.gatewayKey === null) return false
    return crypto.ed25519Verify(
      gateway.authorKey,
      attestationSignBytes(chainId, resultOf(attestation)),
      attestation.signature,
    )
  }

  async function consider(attestation: Attestation): Promise<boolean> {
    const { studyHash } = attestation
    if (known.get(nameOf(studyHash))?.has(nameOf(attestation.memberId)) === true) return true
    if (!isOpen(studyHash) || !isTrue(attestation)) return false
    await keep(attestation)
    return true
  }

  function of(studyHash: ItemHash): Attestation[] {
    return [...(known.get(nameOf(studyHash))?.values() ?? [])]
  }

  return {
    async attest(studyHash, outcome, resultHash) {
      if (!isGateway(around, memberId)) throw new StudyFailure({ code: 'not-a-gateway' })
      const before = own(studyHash)
      if (before !== null) {
        if (before.outcome === outcome && equalBytes(before.resultHash, resultHash)) return
        throw new StudyFailure({ code: 'attested-otherwise' })
      }
      // It has a result: what this node would say comes too late to matter.
      if (!isOpen(studyHash)) return
      const said = { studyHash, outcome, resultHash, memberId }
      const input = attestationSignBytes(chainId, resultOf(said))
      await keep({ ...said, signature: crypto.ed25519Sign(around.authorSecret(), input) })
    },
    of,
    isHeld(studyHash) {
      const counted = of(studyHash).filter((each) => !isNamed(ledger.state.consortium, each.memberId))
      return new Set(counted.map((each) => `${each.outcome}/${nameOf(each.resultHash)}`)).size > 1
    },
    listen: (take) => void listeners.push(take),
    async takeIn(from, attestation) {
      if (!isGateway(around, memberId) || !isGateway(around, from.memberId)) return 'not-for-you'
      if (!equalBytes(from.memberId, attestation.memberId)) return 'malformed'
      // Closed here, or not known here yet: it is told again as long as it is open there.
      if (!isOpen(attestation.studyHash)) return 'not-ready'
      return (await consider(attestation)) ? NOTHING : 'malformed'
    },
    answer: (from, studyHash) =>
      isGateway(around, from.memberId) ? encodeAttestations(of(studyHash)) : 'not-for-you',
    async tell() {
      for (const ofStudy of known.values()) {
        const attestation = ofStudy.get(nameOf(memberId))
        if (attestation === undefined) continue
        for (const { memberId: gateway } of reachableGateways(around)) {
          const name = nameOf(attestation.studyHash, gateway)
          if (toldTo.has(name)) continue
          const asked = await ask(around, gateway, { kind: 'attest', attestation })
          if (asked.kind === 'answer') toldTo.add(name)
        }
      }
    },
    async ask(studyHash) {
      for (const gateway of reachableGateways(around)) {
        const asked = await ask(around, gateway.memberId, { kind: 'attestations', studyHash })
        const list = asked.kind === 'answer' ? decodeAttestations(asked.bytes) : null
        for (const each of list ?? []) if (equalBytes(each.studyHash, studyHash)) await consider(each)
      }
    },
    async close(studyHash) {
      known.delete(nameOf(studyHash))
      const writes = []
      for await (const { key } of store.scan(rangeOf('z/t', studyHash))) {
        toldTo.delete(nameOf(studyHash, keyTail('z/t', key).slice(studyHash.length) as MemberId))
        writes.push(del(key))
      }
      for (const name of toldTo) if (name.startsWith(nameOf(studyHash))) toldTo.delete(name)
      if (writes.length > 0) await store.commit(writes)
    },
  }
}

function resultOf({ studyHash, outcome, resultHash }: Omit<Attestation, 'signature'>): ResultItem {
  return { kind: 'result', studyHash, outcome, resultHash, attestations: [] }
}
