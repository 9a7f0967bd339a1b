/**
 * What gateways attest of studies that have no result yet: each tells the others until every one has it or the study is closed. The
 * first word of a gateway counts; it never says another. A word is signed by the key in effect, so it is signed again when that changes.
 */
import { equalBytes, type Bytes } from '../../../shared/std/bytes.ts'
import { encode, tryDecode } from '../chain/codec.ts'
import type { ItemHash, MemberId } from '../chain/ids.ts'
import { isNamed } from '../chain/state.ts'
import { openStudyOf } from '../chain/apply-study.ts'
import { attestationSignBytes, type ResultOutcome, type Word } from '../chain/study-items.ts'
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
  listenLate(take: (attestation: Attestation) => void): void
  /** From another gateway. */
  takeIn(from: Peer, attestation: Attestation): Promise<Bytes | StudyAnswerRefusal>
  answer(from: Peer, studyHash: ItemHash): Bytes | StudyAnswerRefusal
  /** Signs own words again where the key has changed. */
  signAgain(): Promise<void>
  /** Tells whoever was not told yet, each gateway beside the others. Resolves when each knows them all or does not answer now. */
  tell(): Promise<void>
  /** Asks the reachable gateways for what this one missed. */
  ask(studyHash: ItemHash): Promise<void>
  /** It has a result. */
  close(studyHash: ItemHash): Promise<void>
}

const NOTHING = new Uint8Array(0)
/** Late words that are remembered as told. */
const LATE_MAX = 10_000

/** Of a study that has a result, by the chain: where it stands and what the result says. */
export interface Closed {
  readonly height: number
  readonly result: Omit<Word, 'studyHash'>
}
/** With the key by which its signature held last; null where it was read and holds by none that is in effect. */
type Known = { readonly attestation: Attestation; readonly key: Bytes | null }

export async function openAttestations(
  store: Store,
  around: Around,
  closedOf: (studyHash: ItemHash) => Promise<Closed | null>,
): Promise<Attestations> {
  const { crypto, chainId, memberId, ledger } = around
  /** By study and member. */
  const known = new Map<string, Map<string, Known>>()
  const toldTo = new Set<string>()
  /** By gateway. */
  const telling = new Map<string, Promise<void>>()
  const toldLate = new Set<string>()
  const listeners: ((attestation: Attestation) => void)[] = []
  const lateListeners: ((attestation: Attestation) => void)[] = []
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

  /** The author key of a gateway in effect. */
  function keyOfGateway(gatewayId: MemberId): Bytes | null {
    const gateway = memberIn(around, gatewayId)
    return gateway === null || gateway.gatewayKey === null ? null : gateway.authorKey
  }

  function isTrue(attestation: Attestation, studyHeight: number): boolean {
    const key = keyOfGateway(attestation.memberId)
    const input = attestationSignBytes(chainId, attestation, studyHeight)
    return key !== null && crypto.ed25519Verify(key, input, attestation.signature)
  }

  function remember(attestation: Attestation): void {
    const name = nameOf(attestation.studyHash)
    const ofStudy = known.get(name) ?? new Map<string, Known>()
    const open = openStudyOf(ledger.state.consortium, attestation.studyHash)
    const isInEffect = open !== null && isTrue(attestation, open.height)
    const key = isInEffect ? keyOfGateway(attestation.memberId) : null
    ofStudy.set(nameOf(attestation.memberId), { attestation, key })
    known.set(name, ofStudy)
  }

  const knownOf = (studyHash: ItemHash, of: MemberId): Known | null =>
    known.get(nameOf(studyHash))?.get(nameOf(of)) ?? null

  function isInEffect({ attestation, key }: Known): boolean {
    const current = keyOfGateway(attestation.memberId)
    return key !== null && current !== null && equalBytes(key, current)
  }

  async function keep(attestation: Attestation): Promise<void> {
    const key = attestationKey(attestation.studyHash, attestation.memberId)
    await store.commit([put(key, checkedValue(key, encode(attestationToCbor(attestation))))])
    remember(attestation)
    for (const take of listeners) take(attestation)
  }

  function signed(word: Word, studyHeight: number): Attestation {
    const { studyHash, outcome, resultHash } = word
    const input = attestationSignBytes(chainId, word, studyHeight)
    const signature = crypto.ed25519Sign(around.authorSecret(), input)
    return { studyHash, outcome, resultHash, memberId, signature }
  }

  /** The first word counts; the same again, by a new key, takes its place. */
  async function consider(attestation: Attestation): Promise<boolean> {
    const { studyHash } = attestation
    const before = knownOf(studyHash, attestation.memberId)
    if (before !== null && (isInEffect(before) || !isSameWord(before.attestation, attestation))) return true
    const open = openStudyOf(ledger.state.consortium, studyHash)
    if (open === null || !isTrue(attestation, open.height)) return false
    await keep(attestation)
    return true
  }

  /** What comes after the result changes nothing, and is told to whoever keeps the audit. */
  async function considerLate(attestation: Attestation): Promise<Bytes | StudyAnswerRefusal> {
    const closed = await closedOf(attestation.studyHash)
    // Not known here yet: it is told again as long as it is open there.
    if (closed === null) return 'not-ready'
    if (!isTrue(attestation, closed.height)) return 'malformed'
    const name = nameOf(attestation.studyHash, attestation.memberId)
    if (isSameWord(closed.result, attestation) || toldLate.has(name)) return NOTHING
    if (toldLate.size >= LATE_MAX) toldLate.clear()
    toldLate.add(name)
    for (const take of lateListeners) take(attestation)
    return NOTHING
  }

  function of(studyHash: ItemHash): Attestation[] {
    const all = [...(known.get(nameOf(studyHash))?.values() ?? [])]
    return all.filter(isInEffect).map(({ attestation }) => attestation)
  }

  /** Own words under a key that is no more: as they were, by the key in effect. */
  async function signAgain(): Promise<void> {
    for (const ofStudy of [...known.values()]) {
      const own = ofStudy.get(nameOf(memberId))
      if (own === undefined || isInEffect(own)) continue
      const { studyHash } = own.attestation
      const open = openStudyOf(ledger.state.consortium, studyHash)
      const again = open === null ? null : signed(own.attestation, open.height)
      // The node's key is not the chain's yet.
      if (open === null || again === null || !isTrue(again, open.height)) continue
      for (const name of toldTo) if (name.startsWith(nameOf(studyHash))) toldTo.delete(name)
      await keep(again)
    }
  }

  /** One word after the other. Whoever does not answer now hears the rest in the next round; what it refuses, too. */
  function tellOne(gateway: MemberId): Promise<void> {
    const name = nameOf(gateway)
    const running = telling.get(name)
    // It looks for what is new before it ends.
    if (running !== undefined) return running
    const tried = new Set<Attestation>()
    const told = (async () => {
      for (;;) {
        const next = [...known.values()]
          .map((each) => each.get(nameOf(memberId))?.attestation)
          .find((own) => own && !tried.has(own) && !toldTo.has(nameOf(own.studyHash, gateway)))
        if (next === undefined) return
        tried.add(next)
        const asked = await ask(around, gateway, { kind: 'attest', attestation: next })
        if (asked.kind === 'away') return
        if (asked.kind === 'answer' && knownOf(next.studyHash, memberId)?.attestation === next)
          toldTo.add(nameOf(next.studyHash, gateway))
      }
    })().finally(() => telling.delete(name))
    telling.set(name, told)
    return told
  }

  return {
    async attest(studyHash, outcome, resultHash) {
      if (!isGateway(around, memberId)) throw new StudyFailure({ code: 'not-a-gateway' })
      const word = { studyHash, outcome, resultHash }
      const before = knownOf(studyHash, memberId)
      if (before !== null) {
        if (isSameWord(before.attestation, word)) return
        throw new StudyFailure({ code: 'attested-otherwise' })
      }
      const open = openStudyOf(ledger.state.consortium, studyHash)
      // It has a result: what this node would say comes too late to matter.
      if (open !== null) await keep(signed(word, open.height))
    },
    of,
    isHeld(studyHash) {
      const counted = of(studyHash).filter((each) => !isNamed(ledger.state.consortium, each.memberId))
      return new Set(counted.map((each) => `${each.outcome}/${nameOf(each.resultHash)}`)).size > 1
    },
    listen: (take) => void listeners.push(take),
    listenLate: (take) => void lateListeners.push(take),
    async takeIn(from, attestation) {
      if (!isGateway(around, memberId) || !isGateway(around, from.memberId)) return 'not-for-you'
      if (!equalBytes(from.memberId, attestation.memberId)) return 'malformed'
      if (!isOpen(attestation.studyHash)) return considerLate(attestation)
      return (await consider(attestation)) ? NOTHING : 'malformed'
    },
    answer: (from, studyHash) =>
      isGateway(around, from.memberId) ? encodeAttestations(of(studyHash)) : 'not-for-you',
    signAgain,
    async tell() {
      await Promise.all(reachableGateways(around).map(({ memberId: gateway }) => tellOne(gateway)))
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

function isSameWord(a: Omit<Word, 'studyHash'>, b: Omit<Word, 'studyHash'>): boolean {
  return a.outcome === b.outcome && equalBytes(a.resultHash, b.resultHash)
}
